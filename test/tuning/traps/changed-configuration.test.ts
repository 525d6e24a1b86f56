import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { tune } from "../../../src/cli/tune/tune-command.ts";
import type { TuneOptions } from "../../../src/cli/tune/tune-options.ts";
import { verify } from "../../../src/cli/tune/verify-command.ts";
import { seededRandom } from "../../../src/tuning/seeded-random.ts";

const folder = mkdtempSync(join(tmpdir(), "tuning-traps-"));
const inFolder = (name: string) => join(folder, name);
const now = new Date("2026-01-01T00:00:00Z");

/** A trace whose surest half is nearly always right. */
function writeTrace(
	name: string,
	change: (row: { confidence: number; correct: number }, index: number) => void = () => {},
	large = "large",
) {
	const random = seededRandom(5);
	const lines = Array.from({ length: 600 }, (_, index) => {
		const confidence = random();
		const row = { confidence, correct: random() < 0.3 * (1 - confidence) ** 2 ? 0 : 1 };
		change(row, index);
		return JSON.stringify({ id: `q${index}`, stages: [row, { confidence: null, correct: 1 }] });
	});
	writeFileSync(
		inFolder(name),
		[JSON.stringify({ models: ["small", large], labeller: "people" }), ...lines, ""].join("\n"),
	);
	return inFolder(name);
}

/** Calls a command and keeps what it prints. */
async function quietly<Value>(
	command: () => Promise<Value>,
): Promise<{ readonly value: Value; readonly said: string }> {
	const written: string[] = [];
	const spy = vi.spyOn(process.stdout, "write").mockImplementation((text) => {
		written.push(String(text));
		return true;
	});
	try {
		return { value: await command(), said: written.join("") };
	} finally {
		spy.mockRestore();
	}
}

async function verified(certificate: string, log: string) {
	const { value, said } = await quietly(() => verify(inFolder(certificate), log, { json: true }, now));
	return { exit: value.ok ? value.value : value.error.kind, said };
}

afterAll(() => rmSync(folder, { recursive: true }));

describe("trap: a certificate used for something else than what it was made of", () => {
	let log = "";

	beforeAll(async () => {
		log = writeTrace("log.jsonl");
		const options: TuneOptions = {
			edge: [],
			risk: "selective",
			target: "0.1",
			delta: "0.1",
			seed: "1",
			attemptsFile: inFolder("attempts"),
			certificate: inFolder("certificate.json"),
			json: true,
		};
		const { value } = await quietly(() => tune(log, options, { now, writeReport: undefined }));
		expect(value).toEqual({ ok: true, value: 0 });
	});

	it("holds against its own log", async () => {
		expect((await verified("certificate.json", log)).exit).toBe(0);
	});

	it("fails where one label of the log was turned round", async () => {
		const other = writeTrace("turned.jsonl", (row, index) => {
			if (index === 17) row.correct = 1 - row.correct;
		});
		const { exit, said } = await verified("certificate.json", other);
		expect(exit).toBe(1);
		expect(said).toContain("logDigest");
	});

	it("fails where one confidence is another by its last digit", async () => {
		const other = writeTrace("rounded.jsonl", (row, index) => {
			if (index === 17) row.confidence += 1e-15;
		});
		expect((await verified("certificate.json", other)).exit).toBe(1);
	});

	it("fails where the log is of another model", async () => {
		const { exit } = await verified(
			"certificate.json",
			writeTrace("model.jsonl", () => {}, "larger"),
		);
		expect(exit).not.toBe(0);
	});

	it.each([
		["labeller", "a judge"],
		["targetRisk", 0.05],
		["thresholds", [0.01]],
		["attempts", 2],
		["upperBound", 0.01],
		["onLabel", "spam"],
		["configHash", "0".repeat(64)],
	])("fails where the certificate was changed: %s", async (field, value) => {
		const certificate = JSON.parse(readFileSync(inFolder("certificate.json"), "utf8")) as Record<string, unknown>;
		writeFileSync(inFolder("changed.json"), JSON.stringify({ ...certificate, [field]: value }));
		expect((await verified("changed.json", log)).exit).not.toBe(0);
	});
});
