/** A place of a drawing, in pixels; null leaves a gap. */
export type Corner = readonly [x: number, y: number] | null;

/**
 * The path through places, straight from one to the next: between an hour and the next nothing was measured, and a curve
 * would show what was not.
 */
export function linePath(corners: readonly Corner[]): string {
	return runsOf(corners)
		.map((run) => `M${run.map(([x, y]) => `${shorter(x)},${shorter(y)}`).join("L")}`)
		.join("");
}

/** The area between places and a floor under each of them. */
export function areaPath(corners: readonly Corner[], floorOf: (index: number) => number): string {
	const withFloors = corners.map((corner, index) => (corner === null ? null : ([...corner, floorOf(index)] as const)));
	return runsOf(withFloors)
		.map((run) => {
			const over = run.map(([x, y]) => `${shorter(x)},${shorter(y)}`);
			const under = run.toReversed().map(([x, , floor]) => `${shorter(x)},${shorter(floor)}`);
			return `M${[...over, ...under].join("L")}Z`;
		})
		.join("");
}

/** The stretches without a gap. */
function runsOf<Present>(items: readonly (Present | null)[]): readonly (readonly Present[])[] {
	const runs: Present[][] = [];
	let run: Present[] = [];
	for (const item of [...items, null]) {
		if (item !== null) run.push(item);
		else if (run.length > 0) {
			runs.push(run);
			run = [];
		}
	}
	return runs;
}

function shorter(pixels: number): number {
	return Math.round(pixels * 10) / 10;
}
