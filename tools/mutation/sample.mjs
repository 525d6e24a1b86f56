import { declareValuePlugin, PluginKind } from "@stryker-mutator/api/plugin";

/** One in so many lines is mutated; what spans lines is mutated always. */
const ONE_IN = Number(process.env["MUTATION_ONE_IN"] ?? 1);

/** A fixed hash of a line's number, so that the sample is the same at each run. */
function hashOf(line) {
	let hash = Math.imul(line, 0x9e3779b1) ^ 0x85ebca6b;
	hash ^= hash >>> 15;
	hash = Math.imul(hash, 0xc2b2ae35);
	return (hash ^ (hash >>> 13)) >>> 0;
}

/** Leaves places out that are not in the sample. */
export const strykerPlugins = [
	declareValuePlugin(PluginKind.Ignore, "sample", {
		shouldIgnore({ node }) {
			const { start, end } = node.loc ?? {};
			if (ONE_IN === 1 || start === undefined || start.line !== end.line) return undefined;
			return hashOf(start.line) % ONE_IN === 0 ? undefined : "not in the sample";
		},
	}),
];
