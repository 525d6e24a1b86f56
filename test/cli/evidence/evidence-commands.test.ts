import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import type { EvidenceReport } from "../../../src/core/evidence/evidence-ports.ts";
import { readText, startFakeServer, type FakeServer } from "../../support/fake-server.ts";
import { openWorkplace, type Workplace } from "../admin/run-cascade-command.ts";
import { exampleReport } from "./example-report.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 60_000 });

interface Received {
	readonly request: string;
	readonly body: unknown;
}

/** A text as the API gives it. */
const KEPT = {
	sequence: 7,
	requestId: "req_7",
	at: 1,
	policyRevision: 1,
	epoch: 1,
	phase: 2,
	confidence: 0.9,
	served: "accepted",
	verdict: "right",
	expiresAt: 2,
	text: { messages: [{ role: "user", content: "question" }], edge: "edge", reference: "reference" },
	wrong: null,
};

let place: Workplace;
let server: FakeServer;
let received: Received[];
/** What `GET …/evidence` answers, one after the other; the last one for ever. */
let reports: (EvidenceReport | null)[];

beforeEach(async () => {
	received = [];
	reports = [exampleReport()];
	place = await openWorkplace();
	server = await startFakeServer(async (request, response) => {
		const text = await readText(request);
		received.push({ request: `${request.method} ${request.url}`, body: text === "" ? null : JSON.parse(text) });
		const json = (status: number, body: unknown) => {
			response.writeHead(status, { "content-type": "application/json" });
			response.end(JSON.stringify(body));
		};
		if (request.url?.endsWith("/labels") === true) json(200, { taken: 1, refused: ["req_2"] });
		else if (request.url?.includes("/texts") === true) json(200, { items: [KEPT], next: KEPT.sequence });
		else if (request.url?.endsWith("/export") === true) json(200, { version: 1, tenant: "acme" });
		else if (request.method === "POST")
			json(200, { ...exampleReport().lease, state: "audition", threshold: null, epoch: 2 });
		else {
			const [report] = reports.length > 1 ? reports.splice(0, 1) : reports;
			if (report == null)
				json(404, { error: { message: "There is no such cascade.", type: "x", param: null, code: null } });
			else json(200, report);
		}
	});
});
afterEach(async () => {
	await Promise.all([place.stop(), server.stop()]);
});

const cascade = (...args: readonly string[]) =>
	place.cascadeWith({ environment: { CASCADE_URL: server.url } }, ...args);
const requests = () => received.map(({ request }) => request);

const EVIDENCE = "/admin/v1/tenants/acme/cascades/mail/evidence";

describe("cascade evidence", () => {
	it("shows what is in force, of the cascade that TENANT/CASCADE names", async () => {
		const run = await cascade("evidence", "show", "acme/mail");
		expect(run.status).toBe(0);
		expect(run.stdout).toContain("certified: accepts 0.9 and above");
		expect(requests()).toEqual([`GET ${EVIDENCE}`]);
	});

	it("takes the tenant from the option too, a cascade with slashes, and a revision", async () => {
		await cascade("evidence", "show", "mail", "--tenant", "acme", "--revision", "3");
		await cascade("evidence", "show", "acme/mail/spam");
		expect(requests()).toEqual([
			`GET ${EVIDENCE}?revision=3`,
			"GET /admin/v1/tenants/acme/cascades/mail%2Fspam/evidence",
		]);
	});

	it("is used wrongly where no cascade or two tenants are named", async () => {
		for (const args of [["mail"], ["/mail"], ["acme/"], ["acme/mail", "--tenant", "beta"]])
			expect(await cascade("evidence", "show", ...args), args.join(" ")).toMatchObject({ status: 2 });
		expect(requests()).toEqual([]);
	});

	it("prints with --json what the API answers", async () => {
		expect(JSON.parse((await cascade("evidence", "show", "acme/mail", "--json")).stdout)).toEqual(exampleReport());
	});

	it("exports the ledger as it was sent, into a file or out", async () => {
		expect((await cascade("evidence", "export", "acme/mail")).stdout).toBe('{"version":1,"tenant":"acme"}\n');
		const run = await cascade("evidence", "export", "acme/mail", "--out", "ledger.json");
		expect(run).toMatchObject({ status: 0, stdout: "" });
		expect(place.read("ledger.json")).toBe('{"version":1,"tenant":"acme"}\n');
		expect(requests()).toEqual([`GET ${EVIDENCE}/export`, `GET ${EVIDENCE}/export`]);
	});

	it("gives a file's verdicts, and says which were refused", async () => {
		place.write("labels.csv", "requestId,wrong\nreq_1,true\nreq_2,false\n");
		const run = await cascade("evidence", "labels", "acme/mail", "labels.csv");
		expect(run.stdout).toBe(
			"1 taken, 1 refused, which are not kept, and were not drawn or are counted already.\nRefused: req_2\n",
		);
		expect(received).toEqual([
			{
				request: `POST ${EVIDENCE}/labels`,
				body: {
					labels: [
						{ requestId: "req_1", wrong: true },
						{ requestId: "req_2", wrong: false },
					],
				},
			},
		]);
	});

	it("gives many verdicts in parts that the API takes, and none of a file with a bad line", async () => {
		const lines = Array.from({ length: 1_001 }, (_, index) => JSON.stringify({ requestId: `r${index}`, wrong: false }));
		place.write("labels.jsonl", lines.join("\n"));
		await cascade("evidence", "labels", "acme/mail", "labels.jsonl");
		expect(received.map(({ body }) => (body as { labels: unknown[] }).labels.length)).toEqual([1_000, 1]);
		place.write("labels.jsonl", `${lines[0]}\nnonsense`);
		expect(await cascade("evidence", "labels", "acme/mail", "labels.jsonl")).toMatchObject({
			status: 1,
			stderr: "labels.jsonl, line 2: has no requestId\n",
		});
		expect(received).toHaveLength(2);
	});

	it("prints kept texts, one a line, which can be given back with verdicts", async () => {
		const run = await cascade("evidence", "texts", "acme/mail", "--after", "3", "--limit", "1");
		expect(run).toMatchObject({ status: 0, stdout: `${JSON.stringify(KEPT)}\n`, stderr: "There is more: --after 7\n" });
		place.write("texts.jsonl", `${run.stdout.replace('"wrong":null', '"wrong":true')}${run.stdout}`);
		const labelled = await cascade("evidence", "labels", "acme/mail", "texts.jsonl");
		expect(labelled.stderr).toContain("1 of the texts have no verdict");
		expect(JSON.parse((await cascade("evidence", "texts", "acme/mail", "--json")).stdout)).toEqual({
			items: [KEPT],
			next: 7,
		});
		expect(received.slice(0, 2)).toEqual([
			{ request: `GET ${EVIDENCE}/texts?after=3&limit=1`, body: null },
			{ request: `POST ${EVIDENCE}/labels`, body: { labels: [{ requestId: "req_7", wrong: true }] } },
		]);
	});

	it("takes verdicts key by key from whatever its input is", async () => {
		const run = await place.cascadeWith(
			{ input: "wq", environment: { CASCADE_URL: server.url } },
			"evidence",
			"review",
			"acme/mail",
		);
		expect(run).toMatchObject({ status: 0, stdout: expect.stringContaining("question") as string });
		expect(received.slice(0, 2)).toEqual([
			{ request: `GET ${EVIDENCE}/texts?limit=5`, body: null },
			{ request: `GET ${EVIDENCE}/texts?limit=5&after=7`, body: null },
		]);
		expect(received.at(-1)).toEqual({
			request: `POST ${EVIDENCE}/labels`,
			body: { labels: [{ requestId: "req_7", wrong: true }] },
		});
	});

	it("restarts and closes after a yes, with the reason", async () => {
		const run = await place.cascadeWith(
			{ input: "y\n", environment: { CASCADE_URL: server.url } },
			"evidence",
			"restart",
			"acme/mail",
			"--reason",
			"repaired",
		);
		expect(run.stdout).toContain("Epoch 2, audition: accepts nothing");
		expect(await cascade("evidence", "close", "acme/mail")).toMatchObject({
			status: 1,
			stderr: expect.stringContaining("Nothing was done."),
		});
		await cascade("evidence", "close", "acme/mail", "--yes");
		expect(received).toEqual([
			{ request: `POST ${EVIDENCE}/restart`, body: { reason: "repaired" } },
			{ request: `POST ${EVIDENCE}/close`, body: { reason: "" } },
		]);
	});
});

describe("cascade watch", () => {
	it("shows the whole screen once with --once", async () => {
		const run = await cascade("watch", "acme/mail", "--once");
		expect(run.status).toBe(0);
		expect(run.stdout).toContain("certifies at 2.8");
		expect(run.stdout).toContain("alarm trace");
		expect(requests()).toHaveLength(1);
	});

	it("prints a line a change where it is no terminal, until it is refused", async () => {
		const { lease } = exampleReport();
		const alarmed = exampleReport({ lease: { ...lease, state: "alarm", threshold: null } });
		reports = [exampleReport(), exampleReport(), alarmed, null];
		const run = await cascade("watch", "acme/mail", "--every", "1s");
		expect(run.status).toBe(1);
		expect(run.stdout.trimEnd().split("\n")).toEqual([
			expect.stringContaining("  certified  epoch 1"),
			expect.stringContaining("  alarm  epoch 1"),
		]);
		expect(run.stderr).toContain("There is no such cascade.");
	});

	it("prints with --json a line a look", async () => {
		reports = [exampleReport(), exampleReport(), null];
		const run = await cascade("watch", "acme/mail", "--json", "--every", "1s");
		const lines = run.stdout.trimEnd().split("\n");
		expect(lines.slice(0, 2).map((line) => JSON.parse(line))).toEqual([exampleReport(), exampleReport()]);
	});

	it("ends with 1 where nothing answers, and with 2 for a time that is none", async () => {
		expect(
			await place.cascadeWith({ environment: { CASCADE_URL: "http://127.0.0.1:2" } }, "watch", "acme/mail"),
		).toMatchObject({ status: 1, stderr: expect.stringContaining("Nothing answers") });
		expect(await cascade("watch", "acme/mail", "--every", "soon")).toMatchObject({ status: 2 });
	});
});
