import type { RecentRequest } from "../../api/recorded-types.ts";
import { stageTone } from "../../show/stage-tone.ts";

/** Who answered, or that nobody did. */
export function AnswerBadge({
	request: { outcome, stage },
	stages,
}: {
	readonly request: Pick<RecentRequest, "outcome" | "stage">;
	readonly stages: readonly string[];
}) {
	if (outcome === "failed") return <span class="badge bad">failed</span>;
	if (outcome === "client-left") return <span class="badge plain">client left</span>;
	return <span class={`badge ${stageTone(stage, stages)}`}>{stage ?? "no stage"}</span>;
}
