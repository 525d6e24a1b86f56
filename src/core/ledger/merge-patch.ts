import { isJsonObject } from "../json.ts";
import { err, ok, type Result } from "../result.ts";

/** Levels of objects that a patch may have; a policy has fewer than ten. Deeper ones could exhaust the stack. */
export const MOST_PATCH_LEVELS = 64;

/**
 * Applies a JSON Merge Patch: a field that is null is removed, an object is merged field by field, anything else,
 * lists too, takes the place of what was there. Neither argument is changed; the result may share parts with both.
 * Fails where the patch is nested deeper than `MOST_PATCH_LEVELS`. Source: RFC 7396, section 2.
 */
export function applyMergePatch(target: unknown, patch: unknown): Result<unknown, "too-deep"> {
	return levelsWithin(patch, MOST_PATCH_LEVELS) ? ok(merge(target, patch)) : err("too-deep");
}

function merge(target: unknown, patch: unknown): unknown {
	if (!isJsonObject(patch)) return patch;
	// By entries and not by assignment: a field named `__proto__` must stay a field.
	const merged = new Map<string, unknown>(isJsonObject(target) ? Object.entries(target) : []);
	for (const [field, value] of Object.entries(patch)) {
		if (value === null) merged.delete(field);
		else merged.set(field, merge(merged.get(field), value));
	}
	return Object.fromEntries(merged);
}

/** Whether there are at most so many objects inside one another; what is in lists is never merged, so not counted. */
function levelsWithin(patch: unknown, levels: number): boolean {
	if (!isJsonObject(patch)) return true;
	return levels > 0 && Object.values(patch).every((value) => levelsWithin(value, levels - 1));
}
