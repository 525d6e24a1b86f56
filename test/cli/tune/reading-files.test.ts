import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import * as fc from "fast-check";
import { afterAll, describe, expect, it } from "vitest";
import { jsonTexts } from "../../../src/cli/tune/json-texts.ts";
import { showRowReport } from "../../../src/cli/tune/show-row-report.ts";
import { readLog, type LogSource } from "../../../src/cli/tune/read-log.ts";
import { MOST_LINE_BYTES, splitLines, type Line } from "../../../src/cli/tune/split-lines.ts";
import { exampleObservation } from "../../core/ledger/observations.ts";

const directory = mkdtempSync(join(tmpdir(), "cascade-logs-"));
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function* chunksOf(bytes: Buffer, size: number): AsyncGenerator<Buffer> {
	for (let start = 0; start < bytes.length; start += size) yield bytes.subarray(start, start + size);
}

async function linesOf(text: string, size = 7): Promise<Line[]> {
	const lines: Line[] = [];
	for await (const batch of splitLines(chunksOf(Buffer.from(text), size))) lines.push(...batch);
	return lines;
}

let files = 0;
async function read(text: string | Buffer, more: Partial<LogSource> = {}, ending = "log") {
	const file = join(directory, `${files++}.${ending}`);
	writeFileSync(file, text);
	const result = await readLog({ file, columns: new Map(), defaultModel: "edge", ...more });
	return result.ok ? result.value : result.error.replaceAll(file, "LOG");
}

async function readRows(text: string | Buffer, more: Partial<LogSource> = {}, ending = "log") {
	const result = await read(text, more, ending);
	if (typeof result === "string") throw new Error(result);
	return result;
}

describe("lines of a file", () => {
	it("are the same however the file comes in pieces", async () => {
		await fc.assert(
			fc.asyncProperty(
				fc.array(fc.string({ unit: "grapheme" })),
				fc.integer({ min: 1, max: 9 }),
				async (parts, size) => {
					const clean = parts.map((part) => part.replaceAll(/[\r\n\uFEFF]/gu, ""));
					const text = clean.map((line) => `${line}\n`).join("");
					expect(await linesOf(text, size)).toEqual(clean.map((line, index) => ({ line: index + 1, text: line })));
				},
			),
		);
	});

	it("end with a line feed, a carriage return and line feed, or the file; a byte order mark is none of them", async () => {
		expect(await linesOf("\uFEFFa\r\nb\n\nc")).toEqual([
			{ line: 1, text: "a" },
			{ line: 2, text: "b" },
			{ line: 3, text: "" },
			{ line: 4, text: "c" },
		]);
		expect(await linesOf("")).toEqual([]);
	});

	it("that are too long are passed over, and the next is read", async () => {
		const long = "x".repeat(MOST_LINE_BYTES + 1);
		for (const size of [1_000, MOST_LINE_BYTES * 3])
			expect(await linesOf(`a\n${long}\nb\n`, size)).toEqual([
				{ line: 1, text: "a" },
				{ line: 2, text: null },
				{ line: 3, text: "b" },
			]);
		expect(await linesOf(`${"x".repeat(MOST_LINE_BYTES)}\n`, 4_096)).toMatchObject([
			{ line: 1, text: expect.any(String) },
		]);
	});

	it("may be an object together, as wrangler prints it", async () => {
		const texts: Line[] = [];
		const pretty = JSON.stringify({ a: { b: 1 } }, null, 2);
		for await (const batch of jsonTexts(splitLines(chunksOf(Buffer.from(`${pretty}\n\n{"c":2}\n${pretty}\n`), 5))))
			texts.push(...batch);
		expect(texts.map(({ line, text }) => [line, JSON.parse(text ?? "") as unknown])).toEqual([
			[1, { a: { b: 1 } }],
			[7, { c: 2 }],
			[8, { a: { b: 1 } }],
		]);
	});
});

describe("a trace", () => {
	const header = JSON.stringify({ models: ["small", "large"], labeller: "exact match" });
	const row = (id: string, small: Record<string, unknown>) =>
		JSON.stringify({ id, stages: [small, { correct: 1, confidence: null }] });

	it("tells each bad line with its number and reason, and keeps the others", async () => {
		const bad = [
			row("a", { correct: 1, confidence: 0.5 }),
			row("b", { correct: 1, confidence: 1.5 }),
			"{not json",
			row("c", { correct: 1, logprob: 0.2 }),
			row("a", { correct: 0, confidence: 0.1 }),
			"[]",
		];
		const { report, format, labeller } = await readRows(`${[header, ...bad].join("\n")}\n`);
		expect({ format, labeller }).toEqual({ format: "trace", labeller: "exact match" });
		expect(report).toMatchObject({ rows: 1, rejected: 4, duplicates: 1, firstDuplicates: [6] });
		expect(report.firstRejected).toEqual([
			{ line: 3, reason: "small: confidence is outside [0, 1]", value: "1.5" },
			{ line: 4, reason: "the line is not JSON", value: undefined },
			{ line: 5, reason: "small: logprob is a log-probability above 0", value: "0.2" },
			{ line: 7, reason: "the line is not a JSON object", value: "[]" },
		]);
	});

	it("is refused where its header is none, and where the file is empty, missing or a directory", async () => {
		expect(await read('{"models":["one"]}\n')).toBe("LOG:1: the header names fewer than two models");
		expect(await read("\n \n")).toBe("LOG is empty");
		expect(await read("", { file: join(directory, "missing") })).toContain("there is no such file");
		expect(await read("", { file: directory })).toContain("is a directory");
	});

	it("may be compressed", async () => {
		const text = `${header}\n${row("a", { correct: 1, confidence: 0.5 })}\n`;
		expect((await readRows(gzipSync(text), {}, "jsonl.gz")).log.rows).toBe(1);
	});
});

describe("CSV", () => {
	it("is read by RFC 4180: quotes, line breaks within them, a byte order mark, carriage returns", async () => {
		const text = '\uFEFFid,edge.confidence,edge.correct,note\r\n"a ""1""",0.5,1,"x,\r\ny"\r\nb,0.25,0,\r\n';
		const { log, format } = await readRows(text);
		expect(format).toBe("csv");
		expect(log.ids).toEqual(['a "1"', "b"]);
		expect([...(log.stages[0]?.confidence ?? [])]).toEqual([0.5, 0.25]);
	});

	it("may be divided by semicolons or tabs", async () => {
		for (const divider of [";", "\t"]) {
			const text = ["id,confidence,correct", "a,0.5,1"].map((line) => line.replaceAll(",", divider)).join("\n");
			expect((await readRows(text)).log.rows).toBe(1);
		}
	});

	it("tells records with other numbers of fields than the header", async () => {
		const { report } = await readRows("id,confidence,correct\na,0.5\nc,0.5,1\nd,NaN,1\ne,0.5,1,2\n");
		expect(report.rows).toBe(1);
		expect(report.firstRejected.map(({ line }) => line)).toEqual([2, 4, 5]);
		expect(report.rejectedByReason).toEqual({
			"the line has more or fewer fields than the header": 2,
			"edge: confidence is not a number": 1,
		});
	});

	it("is refused where a quote is not closed, since what follows cannot be told apart", async () => {
		const endless = `id,confidence,correct\na,0.5,1\nb,"0.5,1\n${"c,0.5,1\n".repeat(200_000)}`;
		expect(await read(endless)).toContain("a quoted field is not closed");
		expect(await read('id,confidence,correct\na,0.5,1\nb,"x"y,1\n')).toBe(
			"LOG: line 3: a quote stands where none may; within a quoted field it is written twice",
		);
	});

	it("needs a column that is a confidence", async () => {
		expect(await read("p,ok\n0.5,1\n")).toContain("--columns confidence=COLUMN");
		const columns = new Map([
			["confidence", "p"],
			["correct", "ok"],
		]);
		expect((await readRows("p,ok\n0.5,1\n", { columns })).log.ids).toEqual(["line 2"]);
	});
});

describe("JSON lines", () => {
	it("have columns by the names of the first object, nested ones too", async () => {
		const text =
			'{"id":1,"small":{"confidence":0.5,"correct":true},"large":{"correct":false}}\n{"id":2,"small":{"confidence":0.75}}\n';
		const { log, format, report } = await readRows(text);
		expect(format).toBe("jsonl");
		expect(log.stages.map(({ model }) => model)).toEqual(["small", "large"]);
		expect([...(log.stages[0]?.labelled ?? [])]).toEqual([1, 0]);
		expect(report.unlabelled).toEqual({ small: 1, large: 1 });
	});

	it("join groups by a column", async () => {
		const lines = ["x", "y", "x"].map((user, id) => JSON.stringify({ id, user, confidence: 0.5, correct: 1 }));
		expect([...((await readRows(lines.join("\n"), { group: "user" })).log.groups ?? [])]).toEqual([0, 1, 0]);
	});
});

describe("a Worker's log", () => {
	const line = (requestId: string, cascade = "chat") =>
		`${JSON.stringify({ event: "request", ...exampleObservation({ requestId, cascade }) })}\n`;

	it("takes labels from a file, as JSON lines or CSV", async () => {
		const labels = join(directory, "labels");
		for (const text of [
			'{"requestId":"a","correct":true}\n{"requestId":"z","correct":true}\n{"requestId":"b"}\n',
			"requestId,correct\na,1\nz,1\n,1\n",
		]) {
			writeFileSync(labels, text);
			const { log, labelsRead } = await readRows(line("a") + line("b"), { labels });
			expect([...(log.stages[0]?.wrong ?? [])]).toEqual([0, 1]);
			expect([...(log.stages[0]?.labelled ?? [])]).toEqual([1, 0]);
			expect(labelsRead).toMatchObject({ rejected: 1, unused: 1 });
		}
	});

	it("counts labels that say neither, or both, as a labeller that failed, and leaves no row out for them", async () => {
		const labels = join(directory, "labels");
		writeFileSync(labels, "requestId,correct\na,error\nb,1\nb,0\nc,1\nc,1\n");
		const loaded = await readRows(line("a") + line("b") + line("c"), { labels });
		expect([...(loaded.log.stages[0]?.wrong ?? [])]).toEqual([1, 1, 0]);
		const model = "edge";
		expect(loaded.report).toMatchObject({
			labellerFailed: { [model]: 2 },
			labellerUnreadable: { [model]: 1 },
			labelsDisputed: { [model]: 1 },
		});
		expect(showRowReport("tail", loaded, labels)).toContain(
			`nothing to go by for 2 answers of ${model} (1 neither true nor false, 1 with two labels that differ); they count as wrong`,
		);
	});

	it("of several cascades needs a choice among them", async () => {
		const text = line("a") + line("b", "mail") + '{"event":"fault","fault":"kv"}\n';
		expect(await read(text)).toBe(
			"the log is of several cascades, choose one with --cascade: acme/chat (1), acme/mail (1)",
		);
		expect(await read(text, { cascade: "acme/other" })).toContain("it has acme/chat (1), acme/mail (1)");
		const { report } = await readRows(text, { cascade: "acme/mail" });
		expect(report).toMatchObject({
			rows: 1,
			setAsideByReason: { "of another cascade": 1, "no record of a request": 1 },
		});
	});
});
