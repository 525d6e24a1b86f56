import { describe, expect, it } from "vitest";
import { edgeStage, originStage } from "../core/examples.ts";
import { answering, failing, sure } from "./fakes.ts";
import { answerOf, failureOf } from "./run-example.ts";

const large = answering("large");
const tools = [{ type: "function", function: { name: "look_up" } }];
const gate = { skipWhen: ["tools"] } as const;

describe("a gated request", () => {
	it("goes to the last stage, and every stage before it is neither asked nor paid", async () => {
		const { text, facts, asked } = await answerOf({
			cascade: { gate, stages: [edgeStage, { ...edgeStage, name: "middle" }, originStage] },
			request: { body: { tools } },
			stages: { edge: sure(1), middle: sure(1), origin: large },
		});
		expect(text).toBe("large");
		expect([asked("edge"), asked("middle")]).toEqual([[], []]);
		expect(facts.reason).toBe("gated");
		expect(facts.trail.slice(0, 2)).toEqual(
			["edge", "middle"].map((stage) => ({
				stage,
				outcome: "skipped",
				reason: "gated",
				confidence: null,
				threshold: 0.8,
				detail: "tools",
			})),
		);
		expect(facts.calls.map(({ stage }) => stage)).toEqual(["origin"]);
	});

	it("is asked of the last stage once in a parallel cascade too", async () => {
		const { asked } = await answerOf({
			cascade: { gate, mode: "parallel" },
			request: { body: { tools } },
			stages: { edge: sure(1), origin: large },
		});
		expect(asked("origin")).toHaveLength(1);
	});

	it("has no edge answer to fall back on", async () => {
		const { trail } = await failureOf({
			cascade: { gate, onOriginFailure: "serve-edge-answer" },
			request: { body: { tools } },
			stages: { edge: sure(1), origin: failing({ kind: "unreachable" }) },
		});
		expect(trail.map(({ reason }) => reason)).toEqual(["gated", "origin-failed"]);
	});
});

describe("a request that the gate lets through", () => {
	it("runs the cascade", async () => {
		expect((await answerOf({ cascade: { gate }, stages: { edge: sure(0.9), origin: large } })).text).toBe("small");
	});
});

describe("a forced route", () => {
	it("is the client's own wish, which no gate overrules", async () => {
		const { text } = await answerOf({
			cascade: { gate: { skipWhen: [], maxPromptTokens: 1 } },
			route: "edge",
			stages: { edge: sure(0.1), origin: large },
		});
		expect(text).toBe("small");
	});
});
