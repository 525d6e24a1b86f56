import * as fc from "fast-check";
import { describe, expect, it } from "vitest";
import { effectiveThreshold } from "../../../src/core/evidence/effective-threshold.ts";
import type { EvidenceLease } from "../../../src/core/evidence/evidence-ports.ts";
import type { Guarantee } from "../../../src/core/evidence/guarantee.ts";

const NOW = 1_790_000_000_000;
const STRICT: Guarantee = { risk: "selective", targetRisk: 0.1, delta: 0.05, withoutCertificate: "escalate" };
const LENIENT: Guarantee = { ...STRICT, withoutCertificate: "manual-threshold" };

function leaseWith(differences: Partial<EvidenceLease> = {}): EvidenceLease {
	return {
		version: 1,
		configHash: "this",
		state: "certified",
		threshold: 0.7,
		epoch: 1,
		phase: 2,
		auditPropensity: 50_000,
		sequence: 3,
		issuedAt: NOW - 1_000,
		expiresAt: NOW + 1_000,
		...differences,
	};
}

const now = (lease: EvidenceLease | null, guarantee = STRICT, manual: number | undefined = 0.9) =>
	effectiveThreshold({ guarantee, manual, lease, configHash: "this", now: NOW });

describe("a guaranteed stage", () => {
	it("accepts at the certified threshold while the certificate is in force, whatever the manual one", () => {
		const certified = { threshold: 0.7, source: "certified", standing: null };
		expect(now(leaseWith())).toEqual(certified);
		expect(now(leaseWith(), LENIENT)).toEqual(certified);
		expect(now(leaseWith(), LENIENT, undefined)).toEqual(certified);
		expect(now(leaseWith({ threshold: 0 })).threshold).toBe(0);
	});

	const LACKING = [
		["audition", leaseWith({ state: "audition", threshold: null })],
		["drift-alarm", leaseWith({ state: "alarm", threshold: null })],
		["no-certificate", null],
		["no-certificate", leaseWith({ configHash: "another" })],
		["no-certificate", leaseWith({ threshold: null })],
		["no-certificate", leaseWith({ threshold: Number.NaN })],
		["no-certificate", leaseWith({ state: "retired" as never })],
		["certificate-stale", leaseWith({ expiresAt: NOW })],
		["certificate-stale", leaseWith({ expiresAt: Number.NaN })],
		["certificate-stale", leaseWith({ expiresAt: NOW - 1, state: "alarm" })],
	] as const;

	it.each(LACKING)("accepts nothing otherwise: %s", (standing, lease) => {
		expect(now(lease)).toEqual({ threshold: null, source: "certified", standing });
	});

	it.each(LACKING)(
		"accepts at the manual threshold where the policy says so, marked as such: %s",
		(standing, lease) => {
			expect(now(lease, LENIENT)).toEqual({ threshold: 0.9, source: "manual", standing });
		},
	);

	it("accepts nothing where the manual threshold is not there or no number", () => {
		expect(now(null, LENIENT, Number.NaN).threshold).toBeNull();
		const input = { guarantee: LENIENT, lease: null, configHash: "this", now: NOW };
		expect(effectiveThreshold({ ...input, manual: undefined }).threshold).toBeNull();
	});

	it("accepts nothing at all once an operator has closed it", () => {
		const closed = { threshold: null, source: "certified", standing: "no-certificate" };
		expect(now(leaseWith({ state: "closed" }), LENIENT)).toEqual(closed);
		expect(now(leaseWith({ state: "closed" }))).toEqual(closed);
		expect(now(leaseWith({ state: "closed", expiresAt: NOW }), LENIENT).threshold).toBeNull();
	});

	it("is in force to the last millisecond", () => {
		expect(now(leaseWith({ expiresAt: NOW + 1 })).threshold).toBe(0.7);
	});

	it("never accepts by a lease that does not certify this configuration now", () => {
		const lease = fc.record({
			version: fc.constant(1 as const),
			configHash: fc.constantFrom("this", "another"),
			state: fc.constantFrom("audition", "certified", "alarm", "closed"),
			threshold: fc.option(fc.double({ min: 0, max: 2 })),
			epoch: fc.nat(),
			phase: fc.nat(),
			auditPropensity: fc.integer({ min: 1, max: 1_000_000 }),
			sequence: fc.nat(),
			issuedAt: fc.integer(),
			expiresAt: fc.integer({ min: NOW - 2, max: NOW + 2 }),
		});
		fc.assert(
			fc.property(fc.option(lease), fc.option(fc.double({ min: 0, max: 1, noNaN: true })), (held, manual) => {
				const input = { lease: held, manual: manual ?? undefined, configHash: "this", now: NOW };
				const strict = effectiveThreshold({ ...input, guarantee: STRICT });
				const certifies = held?.state === "certified" && held.configHash === "this" && held.expiresAt > NOW;
				const threshold = certifies && !Number.isNaN(held.threshold) ? held.threshold : null;
				expect(strict.threshold).toBe(threshold);
				expect(strict.standing === null).toBe(threshold !== null);
				const lenient = effectiveThreshold({ ...input, guarantee: LENIENT });
				expect(lenient.standing).toBe(strict.standing);
				expect(lenient.source).toBe(lenient.threshold !== null && threshold === null ? "manual" : "certified");
				expect([threshold, manual]).toContain(lenient.threshold);
			}),
		);
	});
});
