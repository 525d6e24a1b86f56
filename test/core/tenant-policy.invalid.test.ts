import { describe, expect, it } from "vitest";
import { edgeDocument, originDocument, pathsOf, policyOf, problemsOf } from "./policy-documents.ts";

const stages = [edgeDocument(), originDocument()];
const chat = { stages };
const first = "cascades.chat.stages[0]";
const last = "cascades.chat.stages[1]";

describe("a document that is no policy", () => {
	it.each([null, undefined, 5, "policy", true])("such as %j is refused as a whole", (document) => {
		expect(pathsOf(document)).toEqual(["policy"]);
	});

	it("such as a list or an empty object is told what it lacks", () => {
		expect(pathsOf([])).toEqual(["version", "cascades"]);
		expect(pathsOf({})).toEqual(["version", "cascades"]);
	});

	it("is refused where it is of another version", () => {
		for (const version of [0, 2, "1", null]) expect(pathsOf(policyOf(stages, {}, { version }))).toEqual(["version"]);
	});
});

describe("a missing field", () => {
	it("is named at its path, and called required", () => {
		const problems = problemsOf(
			policyOf([{ confidence: { method: "mean-logprob" }, threshold: 0.8 }, originDocument()]),
		);
		expect(problems.map((problem) => problem.path)).toEqual(
			["name", "adapter", "model", "price"].map((field) => `${first}.${field}`),
		);
		for (const { message } of problems) expect(message).toBe("is required");
	});
});

describe("a list where an object belongs", () => {
	it.each([
		["limits", policyOf(stages, {}, { limits: [] })],
		["defaults", policyOf(stages, {}, { defaults: [] })],
		["embeddings", policyOf(stages, {}, { embeddings: [] })],
		["cascades.chat.checks", policyOf(stages, { checks: [] })],
		["cascades.chat.checks.pattern", policyOf(stages, { checks: { pattern: [] } })],
		["cascades.chat.gate", policyOf(stages, { gate: [] })],
	])("is refused as %s, though every field of it may be absent", (path, document) => {
		expect(pathsOf(document)).toEqual([path]);
	});
});

describe("an unknown field", () => {
	it("is named wherever it is, since a misspelt setting would do nothing", () => {
		const document = policyOf(
			[
				edgeDocument({ timeoutms: 5, confidence: { method: "mean-logprob", quantile: 0.1 } }),
				originDocument({ url: "https://x.example" }),
			],
			{ onOriginFail: "fail" },
			{ limit: {}, limits: { maxBodyByte: 1 } },
		);
		const paths = [
			"limit",
			"limits.maxBodyByte",
			"cascades.chat.onOriginFail",
			`${first}.timeoutms`,
			`${first}.confidence.quantile`,
			`${last}.url`,
		];
		expect(pathsOf(document).toSorted()).toEqual(paths.toSorted());
		for (const { message } of problemsOf(document)) expect(message).toBe("is not a field of the policy");
	});

	it.each(["constructor", "toString", "__proto__", "prototype"])(
		"is named even where it is called %s, as every object's own ways are",
		(field) => {
			const stage = JSON.parse(JSON.stringify(edgeDocument()).replace("{", `{"${field}":1,`)) as unknown;
			expect(pathsOf(policyOf([stage, originDocument()]))).toEqual([`${first}.${field}`]);
		},
	);
});

describe("every problem", () => {
	it("is reported at once, each at its path", () => {
		const document = {
			version: 2,
			cascades: {
				"Bad Name": chat,
				chat: {
					stages: [
						edgeDocument({ threshold: 1.5, model: "", price: { inputUsdPerMillion: -1, outputUsdPerMillion: 2 } }),
						originDocument({ adapter: "http" }),
					],
					timeoutMs: 10,
				},
			},
			limits: { maxOutputTokens: 0 },
		};
		expect(pathsOf(document).toSorted()).toEqual(
			[
				"version",
				"cascades.Bad Name",
				"cascades.chat.timeoutMs",
				`${first}.threshold`,
				`${first}.model`,
				`${first}.price.inputUsdPerMillion`,
				`${last}.adapter`,
				"limits.maxOutputTokens",
			].toSorted(),
		);
	});

	it("is reported once, though a number may break several rules", () => {
		expect(pathsOf(policyOf(stages, { timeoutMs: 0.5 }))).toEqual(["cascades.chat.timeoutMs"]);
		expect(pathsOf(policyOf(stages, { timeoutMs: Number.POSITIVE_INFINITY }))).toEqual(["cascades.chat.timeoutMs"]);
	});

	it("between fields is reported at once, in every cascade", () => {
		const bad = { stages: [edgeDocument({ threshold: undefined }), originDocument({ origin: undefined })] };
		expect(pathsOf({ version: 1, cascades: { chat: bad, mail: bad } })).toEqual([
			"cascades.chat.stages[0].threshold",
			"cascades.chat.stages[1].origin",
			"cascades.mail.stages[0].threshold",
			"cascades.mail.stages[1].origin",
		]);
	});

	it("of a field and between fields is reported at once", () => {
		const { threshold, ...withoutThreshold } = edgeDocument();
		const document = policyOf([{ ...withoutThreshold, treshold: threshold }, originDocument({ threshold: 0.5 })]);
		expect(pathsOf(document).toSorted()).toEqual([`${first}.threshold`, `${first}.treshold`, `${last}.threshold`]);
	});
});

describe("a cascade is refused", () => {
	it.each([[[]], [[originDocument()]]])("with fewer than two stages", (few) => {
		expect(problemsOf(policyOf(few))).toContainEqual({
			path: "cascades.chat.stages",
			message: "a cascade has at least two stages",
		});
	});

	it("with more than five", () => {
		const many = Array.from({ length: 5 }, (_, index) => edgeDocument({ name: `e${index}` }));
		expect(pathsOf(policyOf([...many, originDocument()]))).toEqual(["cascades.chat.stages"]);
	});

	it("whose stages are no list", () => {
		for (const value of [{}, "edge", null, 5]) expect(pathsOf(policyOf(value))).toEqual(["cascades.chat.stages"]);
	});

	it.each([
		["timeoutMs", 999],
		["timeoutMs", 600_001],
		["timeoutMs", 1_000.5],
		["timeoutMs", "55000"],
		["timeoutMs", Number.NaN],
		["onOriginFailure", "retry"],
		["allowRouteHeader", "yes"],
	])("with %s %j", (field, value) => {
		expect(pathsOf(policyOf(stages, { [field]: value }))).toEqual([`cascades.chat.${field}`]);
	});

	it.each(["", "Chat", "my chat", "-chat", ".chat", "a/b", "a".repeat(65), "chät"])("with the name %j", (alias) => {
		expect(pathsOf({ version: 1, cascades: { [alias]: chat } })).toEqual([`cascades.${alias}`]);
	});

	it.each(["__proto__", "constructor", "prototype"])(
		"with the name %s, which every object has: it is not silently dropped",
		(alias) => {
			const cascades = JSON.parse(`{"chat":${JSON.stringify(chat)},"${alias}":${JSON.stringify(chat)}}`) as unknown;
			expect(pathsOf({ version: 1, cascades })).toEqual([`cascades.${alias}`]);
		},
	);

	it("as one of more than 64, and where there is none at all", () => {
		const cascades = Object.fromEntries(Array.from({ length: 65 }, (_, index) => [`c${index}`, chat]));
		expect(pathsOf({ version: 1, cascades })).toEqual(["cascades"]);
		expect(pathsOf({ version: 1, cascades: {} })).toEqual(["cascades"]);
	});

	it("in a list, where it would have no name", () => {
		expect(pathsOf({ version: 1, cascades: [chat] })).toEqual(["cascades"]);
	});
});

describe("a stage is refused", () => {
	it.each([
		["name", "Edge"],
		["name", ""],
		["name", 5],
		["adapter", "http"],
		["model", ""],
		["model", "two words"],
		["model", "naïve"],
		["model", "a\r\nx-injected: 1"],
		["model", "m".repeat(201)],
		["threshold", -0.1],
		["threshold", 1.1],
		["threshold", Number.NaN],
		["threshold", "0.8"],
		["threshold", null],
		["timeoutMs", 99],
		["timeoutMs", 600_001],
		["price", 5],
		["price", {}],
		["price", { inputUsdPerMillion: 1 }],
		["price", { inputUsdPerMillion: 1, outputUsdPerMillion: 1, usdPerGpuHour: 1 }],
		["price", { usdPerGpuHour: 2 }],
		["logprobs", 1],
	])("with %s %j", (field, value) => {
		const paths = pathsOf(policyOf([edgeDocument({ [field]: value }), originDocument()]));
		expect(paths).toHaveLength(1);
		expect(paths[0]).toMatch(new RegExp(`^cascades\\.chat\\.stages\\[0\\]\\.${field}(?:\\.|$)`, "u"));
	});

	it("whose GPU would serve no tokens, at an infinite price each", () => {
		const price = { usdPerGpuHour: 2, inputTokensPerSecond: 0, outputTokensPerSecond: 100 };
		expect(pathsOf(policyOf([edgeDocument({ price }), originDocument()]))).toEqual([
			`${first}.price.inputTokensPerSecond`,
		]);
	});

	it("with the name of an earlier one", () => {
		expect(problemsOf(policyOf([edgeDocument({ name: "same" }), originDocument({ name: "same" })]))).toEqual([
			{ path: `${last}.name`, message: "two stages of a cascade have the same name" },
		]);
	});

	it("before the last without a threshold or a confidence method", () => {
		const { threshold: _threshold, confidence: _confidence, ...unjudged } = edgeDocument();
		expect(pathsOf(policyOf([unjudged, originDocument()]))).toEqual([`${first}.threshold`, `${first}.confidence`]);
	});

	it("at the end with one: it answers whatever it says", () => {
		const judgedLast = originDocument({ threshold: 0.5, confidence: { method: "mean-logprob" } });
		expect(pathsOf(policyOf([edgeDocument(), judgedLast]))).toEqual([`${last}.threshold`, `${last}.confidence`]);
	});

	it("on an OpenAI origin without that origin's name, or on Workers AI with one", () => {
		expect(pathsOf(policyOf([edgeDocument({ origin: "main" }), originDocument({ origin: undefined })]))).toEqual([
			`${first}.origin`,
			`${last}.origin`,
		]);
	});

	it("with a URL for an origin: only the operator sets those", () => {
		expect(pathsOf(policyOf([edgeDocument(), originDocument({ origin: "https://x.example" })]))).toEqual([
			`${last}.origin`,
		]);
	});
});

describe("a budget is refused", () => {
	it.each([
		[{}, "budget.usdPerDay"],
		[{ usdPerDay: -0.01 }, "budget.usdPerDay"],
		[{ usdPerDay: 1_000_001 }, "budget.usdPerDay"],
		[{ usdPerDay: "5" }, "budget.usdPerDay"],
		[{ usdPerDay: 5, onExhausted: "stop" }, "budget.onExhausted"],
		[{ usdPerDay: 5, usdPerMonth: 100 }, "budget.usdPerMonth"],
		[5, "budget"],
	])("as %j", (budget, path) => {
		expect(pathsOf(policyOf(stages, {}, { budget }))).toEqual([path]);
	});
});

describe("the limits are refused", () => {
	it.each([
		["maxBodyBytes", 1_023],
		["maxBodyBytes", 26_214_401],
		["maxBodyBytes", "1 MB"],
		["maxOutputTokens", 0],
		["maxOutputTokens", 1_048_577],
		["maxOutputTokens", 1.5],
		["rateTier", ""],
		["rateTier", "Standard"],
		["rateTier", "pay_as_you_go"],
		["rateTier", "2nd"],
		["rateTier", "-standard"],
		["rateTier", "a".repeat(33)],
		["rateTier", "standard\n"],
		["rateTier", null],
		["requestsPerMinute", 600],
	])("with %s %j", (field, value) => {
		expect(pathsOf(policyOf(stages, {}, { limits: { [field]: value } }))).toEqual([`limits.${field}`]);
	});
});
