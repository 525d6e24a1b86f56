import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { openWorkplace, type Workplace } from "../admin/run-cascade-command.ts";
import { exampleLedger } from "./example-ledger.ts";

// Each run starts Node.
vi.setConfig({ testTimeout: 60_000 });

let place: Workplace;
beforeEach(async () => {
	place = await openWorkplace();
	place.write("ledger.json", exampleLedger());
});
afterEach(() => place.stop());

const certify = (...args: readonly string[]) =>
	place.cascade("evidence", "certificate", "ledger.json", "--out", "certificate.json", ...args);

async function verify(ledger: unknown = exampleLedger()) {
	place.write("ledger.json", ledger);
	const run = await place.cascade("verify", "certificate.json", "ledger.json", "--json");
	const { valid, expired, differences } = JSON.parse(run.stdout) as {
		readonly valid: boolean;
		readonly expired: boolean;
		readonly differences: readonly { readonly field: string }[];
	};
	expect(run.status).toBe(valid ? 0 : 1);
	return { valid, expired, fields: differences.map(({ field }) => field) };
}

describe("cascade evidence certificate", () => {
	it("writes what the last epoch of an exported ledger supports, and needs no API for it", async () => {
		const run = await certify("--expires-in-days", "7");
		expect(run).toMatchObject({
			status: 0,
			stdout:
				"certificate.json: acme/mail, stage small, epoch 2: answers accepted at 0.7 have selective risk at most 10.0% with confidence 90.0%; 6,200 labels by normalised/1, 56 wrong, unweighted\n",
		});
		const certificate = JSON.parse(place.read("certificate.json")) as Record<string, string>;
		expect(certificate).toMatchObject({ kind: "evidence", threshold: 0.7, delta: 0.1, epoch: 2, onLabel: null });
		expect(Date.parse(certificate["expiresAt"] ?? "") - Date.parse(certificate["issuedAt"] ?? "")).toBe(7 * 86_400_000);
		expect(place.api.requests).toEqual([]);
	});

	it("prints it where no file is named", async () => {
		const run = await place.cascade("evidence", "certificate", "ledger.json");
		expect(JSON.parse(run.stdout)).toMatchObject({ kind: "evidence", threshold: 0.7 });
	});

	it("says why there is none", async () => {
		expect(await certify("--epoch", "1")).toMatchObject({
			status: 1,
			stderr: "ledger.json: epoch 1 has certified nothing\n",
		});
		expect((await certify("--epoch", "3")).stderr).toBe("ledger.json: the ledger has no epoch 3\n");
		expect((await certify("--delta", "0.2")).stderr).toContain("no such epoch's share of delta 0.2");
		place.write("ledger.json", { ...exampleLedger(), counts: [{ epoch: 1 }] });
		expect((await certify()).stderr).toContain("ledger.json: counts is not an exported ledger's");
		place.write("ledger.json", { ...exampleLedger(), epochs: [] });
		expect((await certify()).stderr).toBe("ledger.json: the ledger has no epoch yet\n");
	});

	it("is used wrongly with numbers that are none", async () => {
		for (const option of ["--epoch=0", "--delta=1", "--expires-in-days=0", "--delta=x"])
			expect(await certify(option), option).toMatchObject({ status: 2 });
	});
});

describe("cascade verify of a certificate of live evidence", () => {
	beforeEach(async () => {
		expect((await certify()).status).toBe(0);
	});

	it("finds every field again in the ledger, also when that has grown since", async () => {
		expect(await verify()).toEqual({ valid: true, expired: false, fields: [] });
		const grown = exampleLedger();
		const later = { ...(grown.counts.at(-1) as (typeof grown.counts)[number]), n: 6_500, wrong: 44 };
		expect(await verify({ ...grown, counts: [...grown.counts.slice(0, -1), later], history: [] })).toMatchObject({
			valid: true,
		});
		const run = await place.cascade("verify", "certificate.json", "ledger.json");
		expect(run.stdout).toContain("Valid: acme/mail, stage small, epoch 2");
		expect(run.stdout).toContain("Not checked, since no ledger says it: issuedAt, expiresAt, onLabel");
	});

	it("fails at one changed count, and names what differs", async () => {
		const text = JSON.stringify(exampleLedger()).replaceAll('"n":100,"wrong":15', '"n":100,"wrong":14');
		const { valid, fields } = await verify(JSON.parse(text));
		expect(valid).toBe(false);
		expect(fields).toContain("rowsDigest");
		expect(fields).toContain("wrong");
		const run = await place.cascade("verify", "certificate.json", "ledger.json");
		expect(run).toMatchObject({ status: 1, stdout: expect.stringContaining("Not valid: this ledger does not give") });
		expect(run.stdout).toContain("  wrong: the certificate says 56, the ledger 55\n");
	});

	it("fails at a certificate that claims more", async () => {
		const certificate = JSON.parse(place.read("certificate.json")) as Record<string, unknown>;
		place.write("certificate.json", { ...certificate, threshold: 0.5, targetRisk: 0.01 });
		expect((await verify()).fields).toEqual(["threshold", "targetRisk"]);
	});

	it("fails at a ledger that cannot be", async () => {
		const ledger = exampleLedger();
		const [first] = ledger.snapshots;
		expect((await verify({ ...ledger, snapshots: [first], counts: [] })).fields).toContain("ledger.snapshots");
	});

	it("fails once it has ended", async () => {
		const certificate = JSON.parse(place.read("certificate.json")) as Record<string, unknown>;
		place.write("certificate.json", { ...certificate, expiresAt: "2026-01-01T00:00:00Z" });
		expect(await verify()).toEqual({ valid: false, expired: true, fields: [] });
		const run = await place.cascade("verify", "certificate.json", "ledger.json");
		expect(run.stdout).toMatch(/^Expired: the certificate ended at 2026-01-01T00:00:00Z\.\nOtherwise valid: /u);
	});

	it("refuses files that are neither", async () => {
		const certificate = JSON.parse(place.read("certificate.json")) as Record<string, unknown>;
		place.write("certificate.json", { ...certificate, steps: [{ index: 1 }] });
		expect((await place.cascade("verify", "certificate.json", "ledger.json")).stderr).toBe(
			"certificate.json: steps is not an evidence certificate's\n",
		);
		place.write("certificate.json", certificate);
		expect((await place.cascade("verify", "certificate.json", "certificate.json")).stderr).toContain(
			"certificate.json: epochs is not an exported ledger's",
		);
	});
});
