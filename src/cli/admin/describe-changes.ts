import type { PolicyChange } from "../../core/ledger/policy-diff.ts";
import { coloured, printable } from "./show-values.ts";

/** Longer values are cut: what is added or removed whole is in the document. */
const MOST_SHOWN = 160;

/** One line a change, indented; `+` added, `-` removed, `~` changed, `↕` in another order. Coloured in a terminal. */
export function describeChanges(changes: readonly PolicyChange[], indent = "  "): string {
	return changes.map((change) => `${indent}${describeChange(change)}\n`).join("");
}

function describeChange(change: PolicyChange): string {
	const path = printable(change.path);
	switch (change.kind) {
		case "added":
			return coloured("green", `+ ${path}: ${shown(change.to)}`);
		case "removed":
			return coloured("red", `- ${path}: ${shown(change.from)}`);
		case "changed":
			return coloured("yellow", `~ ${path}: ${shown(change.from)} → ${shown(change.to)}`);
		case "reordered":
			return coloured("yellow", `↕ ${path}: ${printable(change.from.join(", "))} → ${printable(change.to.join(", "))}`);
	}
}

function shown(value: unknown): string {
	const text = printable(JSON.stringify(value));
	return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text;
}
