import type { Labels } from "./labels.ts";
import type { LogBuilder, ReadLog } from "./log-builder.ts";
import type { StageRow } from "./log-row.ts";
import type { ObservedRequest, ObservedStage } from "./read-observation.ts";

/**
 * Gathers observations of one cascade into rows. A stage appears in the log when a trail first names it; its place in
 * the order is the latest place that a trail gives it.
 */
export class ObservationRows {
	readonly #builder: LogBuilder;
	readonly #labels: Labels;
	readonly #models = new Map<string, string>();
	readonly #places = new Map<string, number>();

	constructor(builder: LogBuilder, labels: Labels) {
		this.#builder = builder;
		this.#labels = labels;
	}

	/**
	 * Adds a request, unless it says nothing about the cascade: no stage before the last was asked, or a stage was
	 * another model then, whose confidence is another number.
	 */
	add(line: number, request: ObservedRequest): void {
		const asked = request.stages.filter(({ skipped }) => !skipped);
		const first = request.stages[0];
		if (first === undefined || asked.length === 0) return this.#builder.setAside(line, "no stage was asked");
		if (first.skipped) return this.#builder.setAside(line, `${first.name} was not asked: ${first.reason}`);
		const changed = asked.find((stage) => this.#isOtherModel(stage));
		if (changed !== undefined) return this.#builder.setAside(line, `${changed.name} was another model then`);
		for (const [place, { name }] of request.stages.entries())
			this.#places.set(name, Math.max(place, this.#places.get(name) ?? 0));
		const stages = asked.map((stage): StageRow => {
			const isAnswer = stage.name === request.answeredBy;
			return {
				stage: this.#builder.stage(stage.name),
				confidence: stage.confidence,
				verdict: this.#labels.find(request.id, [stage.name, stage.model], isAnswer) ?? "none",
				costUsd: stage.costUsd,
				latencyMs: stage.latencyMs,
			};
		});
		this.#builder.add(line, { id: request.id, stages });
	}

	/** The log; a stage is called by its model where no other stage is that model too. */
	finish(): ReadLog & { readonly stageNames: readonly string[] } {
		const names = [...this.#places].sort(([, left], [, right]) => left - right).map(([name]) => name);
		const known = names.map((name) => this.#models.get(name));
		const read = this.#builder.finish(names.map((name) => this.#builder.stage(name)));
		const stages = read.log.stages.map((stage, index) => {
			const model = known[index];
			const isAlone = known.filter((each) => each === model).length === 1;
			return { ...stage, model: model !== undefined && isAlone ? model : (names[index] ?? stage.model) };
		});
		return { ...read, log: { ...read.log, stages }, stageNames: names };
	}

	#isOtherModel({ name, model }: ObservedStage): boolean {
		if (model === null) return false;
		const known = this.#models.get(name);
		if (known === undefined) this.#models.set(name, model);
		return known !== undefined && known !== model;
	}
}
