import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { storedIn } from "../../../tools/soak/stored.ts";
import { grown, memoryTrends, WATCHED, watchMemory, type Watched } from "../../../tools/soak/watch-memory.ts";

/** Ten minutes, sampled every five seconds. */
const run = (mbAt: (minute: number) => number = () => 100) =>
	Array.from({ length: 121 }, (_, index) => ({ minute: index / 12, mb: mbAt(index / 12) }));

/** What has grown where everything is at 100 MB, but for what a test says. */
const grownOf = (different: Partial<Record<Watched, (minute: number) => number>>) =>
	grown(
		memoryTrends({
			"answering, resident": run(different["answering, resident"]),
			"answering, live heap": run(different["answering, live heap"]),
			"storing, resident": run(different["storing, resident"]),
			"storing, live heap": run(different["storing, live heap"]),
		}),
	);
/** By 16.0% from the second quarter's median, at 3.75 minutes, to the last one's, at 8.75. */
const growing = (minute: number) => 100 + 3.2 * (minute - 3.75);

describe("what has grown", () => {
	it("is nothing where all stays, also at the limit", () => {
		expect(grownOf({})).toEqual([]);
		expect(grownOf({ "answering, resident": (minute) => (minute < 5 ? 100 : 115) })).toEqual([]);
	});

	it.each(["answering, resident", "answering, live heap", "storing, live heap"] as const)("is told of: %s", (name) => {
		expect(grownOf({ [name]: growing })).toEqual([expect.stringMatching(`^${name} grew by 1[56]\\.\\d%$`)]);
	});

	it("is not what the storing process has resident, which is its storage", () => {
		expect(grownOf({ "storing, resident": growing })).toEqual([]);
	});

	it("is also what nobody could measure", () => {
		expect(grownOf({ "answering, live heap": () => Number.NaN })).toEqual(["answering, live heap grew by NaN%"]);
	});
});

describe("a sample", () => {
	it("is taken of both processes, after both heaps have been collected", async () => {
		const ended = new AbortController();
		const asked: string[] = [];
		const process = (name: string, mb: number) => ({
			liveHeapMb: async () => (asked.push(`${name} heap`), mb),
			residentMb: async () => (asked.push(`${name} resident`), 10 * mb),
			cpuSeconds: async () => 0,
		});
		const worker = { answering: process("answering", 1), storing: process("storing", 2) };
		const shown: number[][] = [];
		const samples = await watchMemory(
			worker,
			() => 30,
			ended.signal,
			(...mb) => {
				shown.push(mb);
				ended.abort();
			},
		);
		expect(asked).toEqual(["answering heap", "storing heap", "answering resident", "storing resident"]);
		expect(shown).toEqual([[10, 20]]);
		expect(WATCHED.map((name) => samples[name])).toEqual([10, 1, 20, 2].map((mb) => [{ minute: 0.5, mb }]));
	});
});

describe("what is stored", () => {
	it("is the size of all databases and their logs, at any depth, and of nothing else", async () => {
		const directory = await mkdtemp(join(tmpdir(), "edge-cascade-stored-"));
		try {
			await mkdir(join(directory, "objects", "TenantLedger"), { recursive: true });
			await writeFile(join(directory, "kv.sqlite"), Buffer.alloc(1024 ** 2));
			await writeFile(join(directory, "objects", "TenantLedger", "one.sqlite"), Buffer.alloc(1024 ** 2));
			await writeFile(join(directory, "objects", "TenantLedger", "one.sqlite-wal"), Buffer.alloc(1024 ** 2 / 2));
			await writeFile(join(directory, "objects", "TenantLedger", "one.sqlite-shm"), Buffer.alloc(1024 ** 2));
			await writeFile(join(directory, "index.js"), Buffer.alloc(1024 ** 2));
			expect(await storedIn(directory)).toEqual({ databases: 2, mb: 2.5 });
		} finally {
			await rm(directory, { recursive: true });
		}
	});
});
