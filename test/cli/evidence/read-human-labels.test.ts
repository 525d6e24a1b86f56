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
	return labels.ok ? labels.value : labels.error.slice(directory.length + 1);
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

	it("must be there and hold something", async () => {
		expect(await read("")).toBe("labels: holds no verdict");
		expect(await readHumanLabels(join(directory, "none"))).toEqual({
			ok: false,
			error: `${join(directory, "none")}: cannot be read`,
		});
	});
});
