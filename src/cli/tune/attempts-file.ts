import { appendFileSync, mkdirSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { dirname, join } from "node:path";
import { isJsonObject, parseJson } from "../../core/json.ts";
import { err, ok, type Result } from "../../core/result.ts";
import { sharedRows, type RowSketch } from "../../tuning/log/row-sketch.ts";
import { attemptShare, plannedShare } from "../../tuning/selection/attempt-share.ts";

/** What is asked of some rows. */
export interface AttemptRequest {
	/** Digest of the rows, before any of them is drawn for a fold. */
	readonly rows: string;
	/** Some of those rows, by which logs that share rows are known. */
	readonly sketch: RowSketch;
	/** Digest of everything that makes it this question. */
	readonly question: string;
	readonly delta: number;
	/** How many questions will be asked of these rows at most; undefined: nobody knows. */
	readonly planned: number | undefined;
	/** Digest of the rows that a trial tests; absent where the answer may be used as a claim. */
	readonly trialOf?: string | undefined;
}

/** Which attempt it is, and what it may spend. */
export interface Attempt {
	/** From 1. */
	readonly number: number;
	readonly planned: number | null;
	readonly deltaSpent: number;
	/** Of a trial: which attempt a claim from these rows would be. Null where it is one. */
	readonly asClaim: number | null;
	/** How many of the earlier attempts were on other logs that share rows with this one. */
	readonly onOverlappingLogs: number;
}

/** Of the smaller log's rows: above it two logs are taken for the same rows, looked at twice. */
const MOST_SHARED = 0.2;

/** Where attempts are counted unless `--attempts-file` says otherwise (XDG Base Directory Specification). */
export function defaultAttemptsFile(environment: Readonly<Record<string, string | undefined>>): string {
	const state = environment["XDG_STATE_HOME"];
	const base = state === undefined || state === "" ? join(homedir(), ".local", "state") : state;
	return join(base, "edge-cascade", "attempts");
}

/**
 * Counts an attempt. A question that was asked of these rows before is the same attempt again, since its answer is the
 * same. Other logs that share more than a fifth of their rows with this one count too: a log that is tuned on again whenever
 * rows came in is looked at many times, and each look has its chance of a false certificate. The file has a JSON line each
 * question and is only ever appended to; the number is the question's place among those that count, read after it was
 * written, so two commands at once count as two.
 *
 * A trial draws some of the rows to see how tuning does on the rest, and claims nothing. It spends by the attempts on the rows
 * that it drew, so that many draws can be compared; a later claim pays for having seen it, as for every other attempt. Fails
 * where the file cannot be kept, and where more questions are asked than were planned.
 */
export function countAttempt(file: string, request: AttemptRequest): Result<Attempt, string> {
	const before = readQuestions(file, request);
	if (!before.ok) return before;
	const planned = request.planned ?? null;
	const others = before.value.filter(isBeside(request));
	// A plan is of claims, or of the trials of one draw; one kind does not bind the other.
	const first = others.find(({ trialOf }) => (trialOf === undefined) === (request.trialOf === undefined));
	if (first !== undefined && first.planned !== planned) return err(otherPlan(first.planned));
	if (!before.value.some(isThis(request))) {
		if (planned !== null && others.length >= planned) return err(planIsSpent(planned));
		const { rows, question, trialOf, sketch } = request;
		const written = append(file, { rows, question, planned, trialOf, sketch });
		if (!written.ok) return written;
	}
	const after = readQuestions(file, request);
	if (!after.ok) return after;
	const place = (questions: readonly Question[]) => questions.findIndex(isThis(request)) + 1;
	const isTrial = request.trialOf !== undefined;
	const counted = isTrial ? after.value.filter(isBeside(request)) : after.value;
	const number = place(counted);
	if (planned !== null && number > planned) return err(planIsSpent(planned));
	const deltaSpent = shareOf(request.delta, number, planned);
	const onOverlappingLogs = counted.slice(0, number - 1).filter(({ rows }) => rows !== request.rows).length;
	return ok({ number, planned, deltaSpent, asClaim: isTrial ? place(after.value) : null, onOverlappingLogs });
}

/** Whether a question is this one, of these rows. */
function isThis({ rows, question: own }: AttemptRequest): (question: Question) => boolean {
	return ({ rows: asked, question }) => asked === rows && question === own;
}

/** Whether a question shares delta with what is asked now: of a trial those of the same draw and its own, of a claim all. */
function isBeside(request: AttemptRequest): (question: Question) => boolean {
	const isOwn = isThis(request);
	return (question) => request.trialOf === undefined || question.trialOf === request.trialOf || isOwn(question);
}

function planIsSpent(planned: number): string {
	return `all ${planned} planned attempts on these rows are spent; draw new rows and have them labelled`;
}

/** What an attempt may spend of delta. */
export function shareOf(delta: number, attempt: number, planned: number | null): number {
	return planned === null ? attemptShare(delta, attempt) : plannedShare(delta, planned);
}

interface Question {
	readonly rows: string;
	readonly question: string;
	readonly planned: number | null;
	readonly trialOf?: string | undefined;
	/** Absent of questions that were asked before sketches were kept. */
	readonly sketch?: RowSketch | undefined;
}

/** The questions asked of these rows, or of a log that shares many of them, each once, in order. */
function readQuestions(file: string, { rows, sketch }: AttemptRequest): Result<readonly Question[], string> {
	let text: string;
	try {
		text = readFileSync(file, "utf8");
	} catch (error) {
		const isNew = error instanceof Error && "code" in error && error.code === "ENOENT";
		return isNew ? ok([]) : err(`${file}: attempts cannot be read: ${String(error)}`);
	}
	const questions = new Map<string, Question>();
	const isCounted = new Map<string, boolean>([[rows, true]]);
	for (const [index, line] of text.split("\n").entries()) {
		if (line === "") continue;
		const entry = readEntry(parseJson(line));
		if (entry === null)
			return err(`${file}:${index + 1}: is no attempt; attempts that cannot be read cannot be counted`);
		const counts =
			isCounted.get(entry.rows) ?? (entry.sketch !== undefined && sharedRows(sketch, entry.sketch) > MOST_SHARED);
		isCounted.set(entry.rows, counts);
		const key = `${entry.rows} ${entry.question}`;
		if (counts && !questions.has(key)) questions.set(key, entry);
	}
	return ok([...questions.values()]);
}

function readEntry(value: unknown): Question | null {
	if (!isJsonObject(value)) return null;
	const { rows, question, planned, trialOf, sketch } = value;
	if (typeof rows !== "string" || typeof question !== "string") return null;
	return {
		rows,
		question,
		planned: typeof planned === "number" ? planned : null,
		trialOf: typeof trialOf === "string" ? trialOf : undefined,
		sketch: readSketch(sketch),
	};
}

function readSketch(value: unknown): RowSketch | undefined {
	if (!isJsonObject(value) || typeof value["rows"] !== "number" || !Array.isArray(value["least"])) return undefined;
	return { rows: value["rows"], least: value["least"].filter((hash) => typeof hash === "string") };
}

function append(file: string, entry: Question): Result<null, string> {
	try {
		mkdirSync(dirname(file), { recursive: true });
		appendFileSync(file, `${JSON.stringify(entry)}\n`);
		return ok(null);
	} catch (error) {
		return err(
			`${file}: the attempt cannot be counted, and an attempt that is not counted promises nothing: ${String(error)}; give another file with --attempts-file`,
		);
	}
}

function otherPlan(planned: number | null): string {
	return planned === null
		? "attempts on these rows were begun without --attempts, and how many there will be must be said before the first"
		: `attempts on these rows were begun with --attempts ${planned}; it is the plan for all of them`;
}
