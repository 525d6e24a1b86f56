import { ok, type Result } from "../../core/result.ts";
import type { LogRow, RowFault, Verdict } from "./log-row.ts";
import { fault, readText, readVerdict } from "./read-values.ts";

/** One label of a file of labels. */
export interface LabelRow {
	readonly id: string;
	/** A stage's or a model's name; undefined: of whichever answered. */
	readonly stage: string | undefined;
	readonly verdict: Verdict;
}

/** Reads `{requestId | id, item?, stage? | model?, correct | wrong}`; `get` gives a field, undefined where it is absent. */
export function readLabel(get: (field: string) => unknown): Result<LabelRow, RowFault> {
	const id = readText("requestId", get("requestId") ?? get("id"));
	if (!id.ok) return id;
	if (id.value === undefined) return fault("requestId is missing", undefined);
	const item = readText("item", get("item"));
	if (!item.ok) return item;
	const stage = readText("stage", get("stage") ?? get("model"));
	if (!stage.ok) return stage;
	const correct = get("correct");
	const verdict = correct === undefined ? readVerdict(get("wrong"), "wrong") : readVerdict(correct, "right");
	if (verdict === "none") return fault("there is neither correct nor wrong", undefined);
	const suffix = item.value === undefined ? "" : `#${item.value}`;
	return ok({ id: id.value + suffix, stage: stage.value, verdict });
}

/** Labels by request and stage. */
export class Labels {
	readonly #verdicts = new Map<string, Verdict>();
	readonly #used = new Set<string>();

	/** Remembers a label. Two of one answer that are not alike make it `disputed`, which counts as a failure of the labeller. */
	add({ id, stage, verdict }: LabelRow): void {
		const key = keyOf(id, stage);
		const before = this.#verdicts.get(key);
		if (before === verdict) return;
		this.#verdicts.set(key, before === undefined ? verdict : "disputed");
	}

	/** The label of a stage's answer, by any of the stage's names; `isAnswer`: a label without a stage is its. */
	find(id: string, names: readonly (string | null)[], isAnswer: boolean): Verdict | undefined {
		const keys = [
			...names.filter((name) => name !== null).map((name) => keyOf(id, name)),
			...(isAnswer ? [keyOf(id, undefined)] : []),
		];
		const found = new Set<Verdict>();
		for (const key of keys) {
			const verdict = this.#verdicts.get(key);
			if (verdict === undefined) continue;
			this.#used.add(key);
			found.add(verdict);
		}
		const [verdict] = found;
		return found.size > 1 ? "disputed" : verdict;
	}

	/** How many labels belong to no answer that was read. */
	get unused(): number {
		return this.#verdicts.size - this.#used.size;
	}
}

/** The row with the labels of a file; a label without a stage is the first model's. */
export function withLabels(row: LogRow, models: readonly string[], labels: Labels): LogRow {
	const stages = row.stages.map((stage, index) => {
		const verdict = labels.find(row.id, [models[stage.stage] ?? null], index === 0);
		return verdict === undefined ? stage : { ...stage, verdict };
	});
	return { ...row, stages };
}

function keyOf(id: string, stage: string | undefined): string {
	return stage === undefined ? id : `${id}\u0000${stage}`;
}
