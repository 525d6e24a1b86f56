import { describe, expect, it } from "vitest";
import { readPrecondition, type PreconditionKind } from "../../src/admin/preconditions.ts";

const read = (kind: PreconditionKind, headers: Readonly<Record<string, string>> = {}) => {
	const result = readPrecondition(new Headers(headers), kind);
	return result.ok ? result.value : { status: result.error.status, message: result.error.body.error.message };
};
const KINDS = ["required", "required-of-existing", "optional", "of-existing"] as const;

describe("a precondition", () => {
	it.each(KINDS)("that names a revision is taken everywhere: %s", (kind) => {
		expect(read(kind, { "if-match": '"3"' })).toBe(3);
	});

	it("that there is nothing yet is taken where there may be nothing yet", () => {
		for (const kind of ["required", "optional"] as const) expect(read(kind, { "if-none-match": "*" })).toBeNull();
	});

	it.each(["required-of-existing", "of-existing"] as const)(
		"that there is nothing yet is refused where something is changed, with the header to send: %s",
		(kind) => {
			expect(read(kind, { "if-none-match": "*" })).toEqual({
				status: 400,
				message: "If-None-Match is for the first revision, which this cannot be: send If-Match.",
			});
		},
	);

	it("that is missing is refused where it is required, in words that fit the route", () => {
		const message = "Send the revision that you have seen as 'If-Match' (it is the ETag of a GET)";
		expect(read("required-of-existing")).toEqual({ status: 428, message: `${message}.` });
		expect(read("required")).toEqual({ status: 428, message: `${message}, or 'If-None-Match: *' for the first.` });
		expect(read("required-of-existing", { "if-match": "*" })).toMatchObject({ status: 428 });
	});

	it("that is missing is taken for none where it is optional", () => {
		for (const kind of ["optional", "of-existing"] as const) expect(read(kind)).toBeUndefined();
	});
});
