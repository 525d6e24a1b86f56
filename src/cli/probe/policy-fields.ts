import type { StagePolicy } from "../../core/tenant-policy.ts";
import type { Outcome } from "./outcome.ts";
import type { ModelFindings } from "./probe-model.ts";

/** What a probe found that a place of the policy does not say. */
export interface PolicyFields {
	/** Of a stage, or of its `confidence` where that names a checker. */
	readonly path: string;
	readonly fields: Pick<StagePolicy, "logprobs" | "tools" | "shape">;
}

/** An origin is taken to speak all of OpenAI's API unless the policy says otherwise. */
const ORIGIN_DEFAULTS = { logprobs: true, tools: true, shape: "chat-completions" } as const;

/**
 * The fields to put into the policy: those that were found and are not what stands there. Workers AI models are also in
 * the Worker's own table, which this command does not read; to state what the table says does no harm. What remained
 * unclear is left out.
 */
export function policyFields(findings: readonly ModelFindings[]): PolicyFields[] {
	return findings.flatMap((finding) =>
		finding.model.uses.flatMap(({ path, isChecker, declared }) => {
			const assumed: PolicyFields["fields"] = {
				...(finding.model.adapter === "openai" ? ORIGIN_DEFAULTS : {}),
				...Object.fromEntries(Object.entries(declared).filter(([, value]) => value !== undefined)),
			};
			const seen = seenFields(finding, isChecker);
			const fields = Object.fromEntries(
				Object.entries(seen).filter(
					([name, value]) => value !== undefined && value !== assumed[name as keyof PolicyFields["fields"]],
				),
			);
			return Object.keys(fields).length === 0 ? [] : [{ path, fields }];
		}),
	);
}

function seenFields({ shape, outcomes }: ModelFindings, isChecker: boolean): PolicyFields["fields"] {
	const logprobs = truth(outcomes.logprobs);
	if (isChecker) return { logprobs };
	return { logprobs, tools: truth(outcomes.tools), shape: shape === "unknown" || shape === null ? undefined : shape };
}

function truth({ result }: Outcome): boolean | undefined {
	if (result === "yes") return true;
	return result === "no" || result === "refused" ? false : undefined;
}
