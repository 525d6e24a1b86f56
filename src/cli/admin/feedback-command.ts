import type { Command } from "commander";
import { FEEDBACK_DAYS, MOST_RATING, type FeedbackReport, type FeedbackRow } from "../../core/ledger/feedback.ts";
import { tenantCommand, withSession } from "./session.ts";
import { showCount, showShare } from "./show-values.ts";
import { textTable, type Column } from "./text-table.ts";

/** `cascade feedback`. */
export function registerFeedbackCommand(program: Command): void {
	tenantCommand(program, "feedback", `what clients said of answers in the last ${FEEDBACK_DAYS} days`).action(
		withSession((session) =>
			session.show("feedback.get", { parameters: { tenant: session.tenant() } }, describeFeedback),
		),
	);
}

const right = (heading: string): Column => ({ heading, right: true });
const COLUMNS: readonly Column[] = [
	{ heading: "cascade" },
	right("revision"),
	{ heading: "stage" },
	...["correct", "wrong", "share wrong", "ratings", "mean"].map(right),
];

/** A table of the counts, and what they are not. */
export function describeFeedback({ rows, unjoined }: FeedbackReport): string {
	if (rows.length === 0 && unjoined === 0) return "Nobody has said anything of an answer.\n";
	const notes = [
		...(unjoined === 0 ? [] : [`${showCount(unjoined)} more about requests of which no record has come, or not yet.`]),
		"Volunteered: it says nothing about other answers, and is no evidence for a guarantee.",
	];
	return `${rows.length === 0 ? "" : textTable(COLUMNS, rows.map(cellsOf))}${notes.join("\n")}\n`;
}

function cellsOf({ cascade, policyRevision, stage, correct, wrong, ratings }: FeedbackRow): string[] {
	const rated = ratings.reduce((sum, count) => sum + count, 0);
	const total = ratings.reduce((sum, count, index) => sum + count * (index + 1), 0);
	return [
		cascade,
		String(policyRevision),
		stage ?? "none",
		showCount(correct),
		showCount(wrong),
		showShare(wrong, correct + wrong),
		showCount(rated),
		rated === 0 ? "" : `${(total / rated).toFixed(1)} of ${MOST_RATING}`,
	];
}
