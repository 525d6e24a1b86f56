import { err, ok, type Result } from "../core/result.ts";
import { refuse, type AdminRefusal } from "./admin-reply.ts";

/** The revision a writer has seen; null: it has seen that there is none; undefined: it does not say. */
export type ExpectedRevision = number | null | undefined;

/**
 * Whether a route must be told the revision that its caller has seen, or may be; and where it changes what is there, it
 * cannot be told that there is none.
 */
export type PreconditionKind = "required" | "required-of-existing" | "optional" | "of-existing";

/**
 * Reads `If-Match` and `If-None-Match` (RFC 9110, 13.1). One revision, as its entity tag, or `If-None-Match: *` for the
 * first. A weak tag is taken for the strong one: a proxy that compresses the reply weakens the tag, and a revision
 * names one document whatever its encoding. `If-Match: *`, which is true of any revision, would overwrite one that the
 * writer has not seen, so it counts as none. Where one is required, saying nothing is 428 (RFC 6585). Of what exists there
 * is a revision, so there `If-None-Match` can never be true and is refused.
 */
export function readPrecondition(headers: Headers, kind: PreconditionKind): Result<ExpectedRevision, AdminRefusal> {
	const ifMatch = headers.get("if-match");
	const ifNoneMatch = headers.get("if-none-match");
	if (ifNoneMatch !== null && ifNoneMatch.trim() !== "*")
		return err(malformed("If-None-Match", "takes only '*', for the first revision"));
	if (ifMatch !== null && ifNoneMatch !== null)
		return err(malformed("If-Match", "and If-None-Match exclude each other: send one"));
	const canBeFirst = kind === "required" || kind === "optional";
	if (ifNoneMatch !== null && !canBeFirst)
		return err(malformed("If-None-Match", "is for the first revision, which this cannot be: send If-Match"));
	if (ifNoneMatch !== null) return ok(null);
	if (ifMatch !== null && ifMatch.trim() !== "*") {
		const digits = /^(?:W\/)?"([1-9]\d{0,14})"$/u.exec(ifMatch.trim())?.[1];
		return digits === undefined ? err(malformed("If-Match", 'takes one revision, such as "3"')) : ok(Number(digits));
	}
	if (kind === "optional" || kind === "of-existing") return ok(undefined);
	return err(preconditionRequired(canBeFirst ? ", or 'If-None-Match: *' for the first" : ""));
}

/** The refusal of a writer that does not say which revision they have seen. */
export function preconditionRequired(otherwise = ""): AdminRefusal {
	return refuse({
		status: 428,
		code: "precondition_required",
		param: "If-Match",
		message: `Send the revision that you have seen as 'If-Match' (it is the ETag of a GET)${otherwise}.`,
	});
}

function malformed(header: string, what: string): AdminRefusal {
	return refuse({ status: 400, code: "invalid_precondition", param: header, message: `${header} ${what}.` });
}
