import { describe, expect, it } from "vitest";
import { isClientFault, type StageFailure } from "../../src/core/stage-failure.ts";

describe("whose fault a failure is", () => {
	it("is the client's where it asked for the impossible or has left", () => {
		expect(isClientFault({ kind: "bad-request", message: "too long", param: null, code: null })).toBe(true);
		expect(isClientFault({ kind: "aborted" })).toBe(true);
	});

	it("is never the client's otherwise", () => {
		const failures: readonly StageFailure[] = [
			{ kind: "timeout", afterMs: 1 },
			{ kind: "unreachable" },
			{ kind: "overloaded", retryAfterSeconds: null },
			{ kind: "daily-allocation" },
			{ kind: "misconfigured", what: "credentials" },
			{ kind: "upstream-error", status: 500, message: "" },
			{ kind: "invalid-answer", detail: "x" },
			{ kind: "too-large", limitBytes: 1 },
		];
		for (const failure of failures) expect(isClientFault(failure), failure.kind).toBe(false);
	});
});
