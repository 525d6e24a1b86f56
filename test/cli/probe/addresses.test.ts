import { describe, expect, it } from "vitest";
import { originKeyName, readAddresses, type AddressOptions } from "../../../src/cli/probe/addresses.ts";

const CLOUDFLARE = { CLOUDFLARE_ACCOUNT_ID: "abc", CLOUDFLARE_API_TOKEN: "t" };

function find(options: AddressOptions, environment: Record<string, string>, origin?: string) {
	const addresses = readAddresses(options, environment);
	if (!addresses.ok) return addresses.error;
	const address = addresses.value({ adapter: origin === undefined ? "workers-ai" : "openai", origin });
	return address.ok ? address.value : address.error;
}

describe("the address of Workers AI", () => {
	it("is the account's of the environment, with its token", () => {
		expect(find({}, CLOUDFLARE)).toEqual({
			url: "https://api.cloudflare.com/client/v4/accounts/abc/ai/run",
			key: "t",
		});
	});

	it.each([{}, { CLOUDFLARE_ACCOUNT_ID: "abc" }, { CLOUDFLARE_API_TOKEN: "t" }])(
		"is missing with %j alone",
		(environment) => {
			expect(find({}, environment)).toContain("CLOUDFLARE_ACCOUNT_ID and CLOUDFLARE_API_TOKEN");
		},
	);

	it("is the local origin's with --local, whatever the environment holds", () => {
		const url = "http://127.0.0.1:8788/client/v4/accounts/local/ai/run";
		expect(find({ local: true }, CLOUDFLARE)).toEqual({ url, key: "local-origin-key" });
	});

	it("may be given; the account's token goes to no local server under --local, and the local key to no other", () => {
		const local = "http://localhost:9001/client/v4/accounts/local/ai/run";
		expect(find({ workersAiUrl: `${local}/`, local: true }, CLOUDFLARE)).toEqual({
			url: local,
			key: "local-origin-key",
		});
		const other = "https://ai.example.com/run";
		expect(find({ workersAiUrl: other, local: true }, CLOUDFLARE)).toEqual({ url: other, key: "t" });
		expect(find({ workersAiUrl: other }, {})).toEqual({ url: other, key: undefined });
	});
});

describe("the address of an origin", () => {
	it("is given by name, and its key by the environment", () => {
		const options = { origin: ["gpu-1.a=https://gpu.example.com/v1/", "open=http://127.0.0.1:11434/v1"] };
		const environment = { ORIGIN_GPU_1_A_KEY: "k", ORIGIN_OPEN_KEY: "" };
		expect(find(options, environment, "gpu-1.a")).toEqual({ url: "https://gpu.example.com/v1", key: "k" });
		expect(find(options, environment, "open")).toEqual({ url: "http://127.0.0.1:11434/v1", key: undefined });
		expect(find(options, environment, "other")).toBe("no address: give --origin other=https://…/v1");
	});

	it("is the local one with --local, beside those given", () => {
		const options = { local: true, origin: ["own=http://127.0.0.1:11434/v1"] };
		expect(find(options, {}, "local")).toEqual({ url: "http://127.0.0.1:8788/v1", key: "local-origin-key" });
		expect(find(options, {}, "own")).toEqual({ url: "http://127.0.0.1:11434/v1", key: undefined });
	});

	it("has a key of the name that a Worker secret would have", () => {
		expect(originKeyName("my-gpu.eu")).toBe("ORIGIN_MY_GPU_EU_KEY");
	});
});

describe("an address that is refused", () => {
	it.each([
		["gpu", "a name and an address"],
		["=https://gpu.example.com/v1", "a name and an address"],
		["gpu=gpu.example.com", "is not a URL"],
		["gpu=ftp://gpu.example.com/v1", "must begin with https:// or http://"],
		["gpu=https://user:secret@gpu.example.com/v1", "no user name"],
		["gpu=https://gpu.example.com/v1?key=secret", "no user name, password, query"],
		["gpu=http://gpu.example.com/v1", "the key could be read on the way"],
	])("--origin %s", (text, problem) => {
		expect(find({ origin: [text] }, { ORIGIN_GPU_KEY: "k" }, "gpu")).toContain(problem);
	});

	it("is fine without a key, on a network of one's own", () => {
		expect(find({ origin: ["gpu=http://gpu.lan:8000/v1"] }, {}, "gpu")).toMatchObject({
			url: "http://gpu.lan:8000/v1",
		});
	});

	it("--workers-ai-url", () => {
		expect(find({ workersAiUrl: "api" }, {})).toBe("--workers-ai-url: is not a URL");
	});
});
