import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createRouteFinder, pathOf } from "../../src/http/find-route.ts";

const find = createRouteFinder([{ path: "/v1/models" }, { path: "/v1/models/:id" }, { path: "/v1/chat/completions" }]);

describe("the route of a path", () => {
	it("is that of the same path, byte for byte", () => {
		expect(find("/v1/models")).toEqual({ route: { path: "/v1/models" }, name: undefined, value: undefined });
		expect(find("/v1/chat/completions")?.route.path).toBe("/v1/chat/completions");
		for (const path of [
			"",
			"/",
			"/v1",
			"/v1/model",
			"/V1/models",
			"/v1/chat/completions/",
			"/v1//models",
			"//v1/models",
			"/v1/chat/completions;x=1",
			"/v1/ch%61t/completions",
			"/v1/chat%2Fcompletions",
			"/v1/chat/:id",
			"x/v1/models",
		])
			expect(find(path), path).toBeUndefined();
	});

	it("may end with one segment of any name, which is decoded once", () => {
		const named = (path: string) => find(path)?.value;
		expect(find("/v1/models/mail")).toEqual({ route: { path: "/v1/models/:id" }, name: "id", value: "mail" });
		expect(named("/v1/models/@cf%2Fmeta%2Fllama")).toBe("@cf/meta/llama");
		expect(named("/v1/models/a%2520b")).toBe("a%20b");
		expect(named("/v1/models/:id")).toBe(":id");
		for (const path of ["/v1/models/", "/v1/models/a/b", "/v1/models/a/", "/v1/models//a", "/v2/models/a"])
			expect(find(path), path).toBeUndefined();
	});

	it("takes a name that cannot be decoded as it is", () => {
		for (const name of ["%", "%E0%A4", "a%zz"]) expect(find(`/v1/models/${name}`)?.value).toBe(name);
	});

	it("gives back every name that was encoded into it", () => {
		fc.assert(
			fc.property(fc.string({ minLength: 1, unit: "grapheme" }), (name) => {
				fc.pre(name.isWellFormed() && name !== "." && name !== "..");
				expect(find(`/v1/models/${encodeURIComponent(name)}`)?.value).toBe(name);
			}),
		);
	});
});

describe("the path of an address", () => {
	it("is what the URL standard says, for every address that a request can have", () => {
		fc.assert(
			fc.property(fc.webUrl({ withQueryParameters: true, withFragments: true }), (address) => {
				const { href, pathname } = new URL(address);
				expect(pathOf(href)).toBe(pathname);
			}),
		);
		for (const url of [
			"https://a/b?c/d",
			"https://a/b#c?d",
			"https://a/?/b",
			"https://a:8443/b?c#d",
			"https://u:p@a/b//c",
		])
			expect(pathOf(url)).toBe(new URL(url).pathname);
	});
});
