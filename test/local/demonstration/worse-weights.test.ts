import { describe, expect, it } from "vitest";
import { worseWeights } from "../../../src/local/demonstration/worse-weights.ts";
import { readWeightsFromDisk } from "../../../src/local/models/load-from-disk.ts";
import { parseLabelModel } from "../../../src/local/models/label-model.ts";
import { parseWeightFile } from "../../../src/local/models/weight-file.ts";
import { readMails } from "../read-fixtures.ts";

const [weights, mails] = await Promise.all([readWeightsFromDisk(), readMails()]);
const good = weights["@local/mail-small"];

describe("worse weights of the small model", () => {
	it("turn the sign of about three in ten, and change nothing else", () => {
		const before = parseWeightFile(good);
		const after = parseWeightFile(worseWeights(good));
		expect(after.header).toEqual(before.header);
		const [old, turned] = [before, after].map((file) => Array.from(file.sections.get("weights") ?? []));
		const others = old?.filter((weight, index) => weight !== turned?.[index] && weight !== -(turned?.[index] ?? 0));
		expect(others).toEqual([]);
		const known = old?.map((weight, index) => [weight, turned?.[index]]).filter(([weight]) => weight !== 0) ?? [];
		const share = known.filter(([weight, now]) => weight !== now).length / known.length;
		expect(share).toBeGreaterThan(0.27);
		expect(share).toBeLessThan(0.33);
	});

	it("are the same every time, and leave the given bytes alone", () => {
		const copy = good.slice(0);
		expect(new Uint8Array(worseWeights(good))).toEqual(new Uint8Array(worseWeights(good)));
		expect(new Uint8Array(good)).toEqual(new Uint8Array(copy));
	});

	it("are wrong more often", () => {
		const mistakes = (bytes: ArrayBuffer) => {
			const model = parseLabelModel(bytes);
			return mails.filter((mail) => model.distribution(mail)[0].label !== mail.label).length;
		};
		expect(mistakes(worseWeights(good))).toBeGreaterThan(mistakes(good));
	});

	it("are of label models only", () => {
		expect(() => worseWeights(weights["@local/prose-small"])).toThrow("no section of int8 weights");
	});
});
