/** Why an answer may not be accepted whatever its confidence. */
export type FailedCheck =
	| "empty-answer"
	| "truncated"
	| "content-filter"
	| "unfinished"
	| "refused"
	| "unknown-tool"
	| "invalid-tool-arguments"
	| "unwanted-tool-call"
	| "tool-missing"
	| "too-many-tool-calls"
	| "invalid-json"
	| "schema-mismatch"
	| "unknown-label"
	| "invalid-verdict"
	| "pattern-mismatch"
	/** The answer is too long for the policy's pattern to be tried on it safely. */
	| "too-long-for-pattern"
	| "wrong-script";
