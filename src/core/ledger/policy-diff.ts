import { isJsonObject, type JsonObject } from "../json.ts";

/** One difference between two documents, at a path such as `cascades.chat.stages[0].threshold`. */
export type PolicyChange =
	| { readonly kind: "added"; readonly path: string; readonly to: unknown }
	| { readonly kind: "removed"; readonly path: string; readonly from: unknown }
	| { readonly kind: "changed"; readonly path: string; readonly from: unknown; readonly to: unknown }
	/** The same named entries, such as stages, stand in another order; names of those that both lists hold. */
	| {
			readonly kind: "reordered";
			readonly path: string;
			readonly from: readonly string[];
			readonly to: readonly string[];
	  };

/** Levels that are compared; a valid policy has fewer than ten. What is deeper counts as changed, equal or not. */
export const MOST_COMPARED_LEVELS = 64;

/**
 * What must change for `from` to become `to`, sorted by path within each object; empty exactly where both are the same
 * JSON value, whatever the order of fields. Entries of a list that all have a `name` of their own are matched by it,
 * so that a stage put before the others is one addition; other lists are compared place by place. The paths of added,
 * changed and reordered parts are places in `to`, those of removed parts places in `from`; the whole document's is
 * `policy`.
 */
export function diffPolicies(from: unknown, to: unknown): readonly PolicyChange[] {
	return diffValues("", from, to, MOST_COMPARED_LEVELS);
}

function diffValues(path: string, from: unknown, to: unknown, levels: number): PolicyChange[] {
	if (Object.is(from, to) || (from === 0 && to === 0)) return [];
	if (levels > 0) {
		if (isJsonObject(from) && isJsonObject(to)) return diffObjects(path, from, to, levels - 1);
		if (Array.isArray(from) && Array.isArray(to)) return diffLists(path, from, to, levels - 1);
	}
	return [{ kind: "changed", path: shown(path), from, to }];
}

function diffObjects(path: string, from: JsonObject, to: JsonObject, levels: number): PolicyChange[] {
	const fields = [...new Set([...Object.keys(from), ...Object.keys(to)])].sort();
	return fields.flatMap((field) => {
		const at = path === "" ? field : `${path}.${field}`;
		if (!Object.hasOwn(from, field)) return [{ kind: "added", path: at, to: to[field] }];
		if (!Object.hasOwn(to, field)) return [{ kind: "removed", path: at, from: from[field] }];
		return diffValues(at, from[field], to[field], levels);
	});
}

function diffLists(path: string, from: readonly unknown[], to: readonly unknown[], levels: number): PolicyChange[] {
	const fromNames = namesOf(from);
	const toNames = namesOf(to);
	if (fromNames !== undefined && toNames !== undefined) {
		return diffNamedLists(path, { from, to, fromNames, toNames }, levels);
	}
	const changes: PolicyChange[] = [];
	for (let index = 0; index < Math.max(from.length, to.length); index++) {
		const at = `${path}[${index}]`;
		if (index >= from.length) changes.push({ kind: "added", path: at, to: to[index] });
		else if (index >= to.length) changes.push({ kind: "removed", path: at, from: from[index] });
		else changes.push(...diffValues(at, from[index], to[index], levels));
	}
	return changes;
}

function diffNamedLists(
	path: string,
	lists: {
		readonly from: readonly unknown[];
		readonly to: readonly unknown[];
		readonly fromNames: readonly string[];
		readonly toNames: readonly string[];
	},
	levels: number,
): PolicyChange[] {
	const { from, to, fromNames, toNames } = lists;
	const changes: PolicyChange[] = [];
	const stayedFrom = fromNames.filter((name) => toNames.includes(name));
	const stayedTo = toNames.filter((name) => fromNames.includes(name));
	if (stayedFrom.some((name, index) => name !== stayedTo[index])) {
		changes.push({ kind: "reordered", path: shown(path), from: stayedFrom, to: stayedTo });
	}
	for (const [index, name] of fromNames.entries()) {
		if (!toNames.includes(name)) changes.push({ kind: "removed", path: `${path}[${index}]`, from: from[index] });
	}
	for (const [index, name] of toNames.entries()) {
		const before = fromNames.indexOf(name);
		if (before === -1) changes.push({ kind: "added", path: `${path}[${index}]`, to: to[index] });
		else changes.push(...diffValues(`${path}[${index}]`, from[before], to[index], levels));
	}
	return changes;
}

/** The entries' names where each entry has one and no two have the same. An empty list fits any other. */
function namesOf(list: readonly unknown[]): readonly string[] | undefined {
	const names = list.flatMap((entry) => {
		const name = isJsonObject(entry) ? entry["name"] : undefined;
		return typeof name === "string" ? [name] : [];
	});
	return names.length === list.length && new Set(names).size === names.length ? names : undefined;
}

function shown(path: string): string {
	return path === "" ? "policy" : path;
}
