import { describe, expect, it } from "vitest";
import { parseChatRequest } from "../../src/openai/parse-chat-request.ts";

const problemOf = (field: string, value: unknown) => {
	const body = { model: "chat", messages: [{ role: "user", content: "Hi" }], [field]: value };
	const parsed = parseChatRequest(body);
	return parsed.ok ? null : parsed.error.map(({ message }) => message).join();
};

describe("a field that takes a whole number", () => {
	it.each([0, -1, 0.5, 2 ** 53])("names no bound that nobody means: max_tokens %d", (value) => {
		for (const field of ["max_tokens", "max_completion_tokens"])
			expect(problemOf(field, value)).toBe(`'${field}' must be a whole number of at least 1.`);
	});

	it("names its bounds where it has some, and none where any number will do", () => {
		expect(problemOf("n", 0)).toBe("'n' must be a whole number from 1 to 128.");
		expect(problemOf("seed", 0.5)).toBe("'seed' must be a whole number.");
	});

	it("takes its bounds", () => {
		for (const [field, value] of [
			["max_tokens", 1],
			["n", 128],
			["seed", -(2 ** 53) + 1],
			["max_tokens", 2 ** 53 - 1],
		] as const)
			expect(problemOf(field, value)).toBeNull();
	});
});
