import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { canaryUnit, isOnCanary } from "../../../src/core/ledger/canary-share.ts";

const CANARY = { tenant: "acme", revision: 7, share: 0.1 };
const onCanary = (unit: string, fields: Partial<typeof CANARY> = {}) => isOnCanary({ ...CANARY, ...fields, unit });
/** Names that differ in their last characters only, as users' identifiers do. */
const USERS = Array.from({ length: 20_000 }, (_, index) => `user:customer-${index}`);
const shareOf = (fields: Partial<typeof CANARY>) =>
	USERS.filter((unit) => onCanary(unit, fields)).length / USERS.length;

describe("a request's turn on a canary", () => {
	it("is the same each time", () => {
		fc.assert(
			fc.property(fc.string(), fc.double({ min: 0, max: 1, noNaN: true }), (unit, share) => {
				expect(onCanary(unit, { share })).toBe(onCanary(unit, { share }));
			}),
		);
	});

	it("never ends when the share is raised", () => {
		const share = fc.double({ min: 0, max: 1, noNaN: true });
		fc.assert(
			fc.property(fc.string(), share, share, (unit, one, other) => {
				const [low, high] = [Math.min(one, other), Math.max(one, other)];
				expect(onCanary(unit, { share: low }) && !onCanary(unit, { share: high })).toBe(false);
			}),
		);
	});

	it("comes to nobody at 0 and to everybody at 1", () => {
		expect([shareOf({ share: 0 }), shareOf({ share: 1 })]).toEqual([0, 1]);
	});

	it.each([0.01, 0.1, 0.25, 0.5, 0.9])("comes to a share of %s of all users, within four standard errors", (share) => {
		for (const revision of [1, 2, 3]) {
			const error = Math.sqrt((share * (1 - share)) / USERS.length);
			expect(Math.abs(shareOf({ share, revision }) - share)).toBeLessThan(4 * error);
		}
	});

	it("is drawn anew for another revision, and for another tenant", () => {
		const both = (fields: Partial<typeof CANARY>) =>
			USERS.filter((unit) => onCanary(unit, { share: 0.5 }) && onCanary(unit, { share: 0.5, ...fields })).length;
		// A quarter of the users are in two independent halves.
		for (const fields of [{ revision: 8 }, { revision: 77 }, { tenant: "acm" }, { tenant: "acme-2" }]) {
			expect(both(fields) / USERS.length).toBeCloseTo(0.25, 1);
		}
	});

	it("is drawn by all of a unit's characters, beyond Latin letters too", () => {
		const units = Array.from({ length: 4_000 }, (_, index) => String.fromCharCode(0x4e00 + index));
		const share = units.filter((unit) => onCanary(unit, { share: 0.5 })).length / units.length;
		expect(share).toBeCloseTo(0.5, 1);
	});
});

describe("what a turn hangs on", () => {
	const messages = [
		{ role: "system", content: "Be brief." },
		{ role: "user", content: "Hello" },
	];
	const unit = (body: Record<string, unknown>, talk: Parameters<typeof canaryUnit>[0]["messages"] = messages) =>
		canaryUnit({ messages: talk, body });

	it("is the end user where the client names one, then the conversation", () => {
		expect(unit({ safety_identifier: "s", user: "u", prompt_cache_key: "p" })).toBe("safety_identifier:s");
		expect(unit({ user: "u", prompt_cache_key: "p" })).toBe("user:u");
		expect(unit({ user: "", prompt_cache_key: "p" })).toBe("prompt_cache_key:p");
		expect(unit({ user: 7, prompt_cache_key: null })).toBe(unit({}));
	});

	it("is otherwise the conversation's beginning, so that each later turn has the same", () => {
		const later = [...messages, { role: "assistant", content: "Hi" }, { role: "user", content: "And now?" }];
		expect(unit({}, later)).toBe(unit({}));
		expect(unit({}, [messages[0] as (typeof messages)[0], { role: "user", content: "Bye" }])).not.toBe(unit({}));
		expect(unit({}, [{ role: "system", content: "Be long." }, messages[1] as (typeof messages)[0]])).not.toBe(unit({}));
	});

	it("is all there is where no user has spoken, and tells apart where one message ends and the next begins", () => {
		const system = (...contents: string[]) => contents.map((content) => ({ role: "system", content }));
		expect(unit({}, system("a", "b"))).not.toBe(unit({}, system("a")));
		expect(unit({}, system("a", "b"))).not.toBe(unit({}, system("ab")));
		expect(unit({}, [])).toBe("messages:[]");
	});

	it("is the same for a text as for its one text part", () => {
		const parts = [messages[0] as (typeof messages)[0], { role: "user", content: [{ type: "text", text: "Hello" }] }];
		expect(unit({}, parts)).toBe(unit({}));
	});

	it("tells pictures apart where there is no text, by no more than their first 4,096 characters", () => {
		const picture = (url: string) => unit({}, [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }]);
		expect(picture("https://pictures.example/1")).not.toBe(picture("https://pictures.example/2"));
		expect(picture(`${"a".repeat(4_096)}b`)).toBe(picture(`${"a".repeat(4_096)}c`));
		expect(unit({}, [{ role: "user" }])).toBe(unit({}, [{ role: "user", content: null }]));
	});
});
