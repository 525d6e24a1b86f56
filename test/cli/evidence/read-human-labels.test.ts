import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { readHumanLabels } from "../../../src/cli/evidence/read-human-labels.ts";

let directory: string;
beforeAll(() => {
	directory = mkdtempSync(join(tmpdir(), "labels-"));
});
afterAll(() => rmSync(directory, { recursive: true }));

async function read(text: string) {
	const file = join(directory, "labels");
	writeFileSync(file, text);
	const labels = await readHumanLabels(file);
	return labels.ok ? labels.value.labels : labels.error.slice(directory.length + 1);
}

describe("a file of human verdicts", () => {
	it("is JSON lines", async () => {
		expect(await read('{"requestId":"a","wrong":true}\n\n{"requestId":"b","item":2,"wrong":false}\n')).toEqual([
			{ requestId: "a", wrong: true },
			{ requestId: "b", item: 2, wrong: false },
		]);
	});

	it("is CSV, with verdicts in the words that people write", async () => {
		expect(await read("requestId,item,wrong\na,,wrong\nb,0,Right\nc,,1\nd,,FALSE\n")).toEqual([
			{ requestId: "a", wrong: true },
			{ requestId: "b", item: 0, wrong: false },
			{ requestId: "c", wrong: true },
			{ requestId: "d", wrong: false },
		]);
		expect(await read("wrong;requestId\ntrue;a\n")).toEqual([{ requestId: "a", wrong: true }]);
	});

	it("is refused as a whole for one line that is none, which is named", async () => {
		expect(await read("requestId,wrong\na,true\nb,perhaps\n")).toBe(
			"labels, line 3: `wrong` is neither true nor false",
		);
		expect(await read('{"requestId":"a","wrong":true}\n{"wrong":true}\n')).toBe("labels, line 2: has no requestId");
		expect(await read("requestId,item,wrong\na,-1,true\n")).toBe("labels, line 2: `item` is no position in a batch");
		expect(await read('{"requestId":"a","wrong":true}\nnonsense\n')).toBe("labels, line 2: has no requestId");
	});

	it("may be what `cascade evidence texts` prints, of which lines without a verdict are left out, and counted", async () => {
		const file = join(directory, "labels");
		const line = (sequence: number, wrong?: boolean | null) => {
			const text = { messages: [{ role: "user", content: "a, b" }], edge: "x".repeat(65_000), reference: null };
			return JSON.stringify({ sequence, requestId: `req_${sequence}`, item: sequence, verdict: "right", text, wrong });
		};
		writeFileSync(file, [line(1, null), line(2, true), line(3), line(4, false)].join("\n"));
		expect(await readHumanLabels(file)).toEqual({
			ok: true,
			value: {
				labels: [
					{ requestId: "req_2", item: 2, wrong: true },
					{ requestId: "req_4", item: 4, wrong: false },
				],
				leftOut: 2,
			},
		});
		expect(await read(`${line(1, null)}\n`)).toBe("labels: holds no verdict");
		expect(await read('{"requestId":"a","wrong":null}\n')).toBe("labels, line 1: `wrong` is neither true nor false");
	});

	it("must be there and hold something", async () => {
		expect(await read("")).toBe("labels: holds no verdict");
		expect(await readHumanLabels(join(directory, "none"))).toEqual({
			ok: false,
			error: `${join(directory, "none")}: cannot be read`,
		});
	});
});
