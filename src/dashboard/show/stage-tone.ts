/** The colour of a stage: the last one is the origin's, the first the edge's, any between them have a third. */
export function stageTone(stage: string | null, stages: readonly string[]): "edge" | "middle" | "origin" | "plain" {
	const place = stage === null ? -1 : stages.indexOf(stage);
	if (place === -1) return "plain";
	if (place === stages.length - 1) return "origin";
	return place === 0 ? "edge" : "middle";
}
