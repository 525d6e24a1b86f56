import { describe, expect, it } from "vitest";
import { describeEvidence, inForce } from "../../../src/cli/evidence/describe-evidence.ts";
import { evidenceLine, evidenceScreen } from "../../../src/cli/evidence/evidence-screen.ts";
import { exampleReport } from "./example-report.ts";

const { lease, alarm } = exampleReport();

/** Without colours. */
const screen = (report = exampleReport(), trace = [0, 1, 2], rows = 40) =>
	// oxlint-disable-next-line no-control-regex
	evidenceScreen(report, trace, { columns: 100, rows }).replaceAll(/\u001b\[\d+m/gu, "");

describe("evidence in words", () => {
	it("says what is promised, what is in force, and how it stands", () => {
		const text = describeEvidence(exampleReport());
		expect(text).toContain("selective risk at most 5.0% with confidence 90.0%, as normalised/1 labels\n");
		expect(text).toContain("certified: accepts 0.9 and above, 40.0% of requests; 5.0% audited (epoch 1, phase 3)\n");
		expect(text).toContain("2.1%, between 1.1% and 3.8% by 512 labels\n");
		expect(text).toContain("2.0 of 13.5 (logarithms); has never alarmed\n");
		expect(text).toContain(
			"twice the allowed risk is noticed after about 249 labels, 4,978 accepted requests of 12,444\n",
		);
		expect(text).toContain("everything that arrived before 2026-11-25 11:59:00Z\n");
	});

	it("says what people found of the labeller, once they have looked", () => {
		expect(describeEvidence(exampleReport())).not.toContain("people");
		const humanCheck = {
			n: 120,
			labelled: 118,
			unlabelled: 2,
			agreements: 112,
			missed: 3,
			overturned: 5,
			atMost: 0.0549,
			delta: 0.1,
		};
		const line =
			"of 120 accepted answers that people were given, 2 of them not judged, the labeller missed 3 and was too strict with 5: the true risk is at most 5.5% above the certified one (confidence 80.0%, whenever you look)\n";
		expect(describeEvidence(exampleReport({ humanCheck }))).toContain(line);
		expect(screen(exampleReport({ humanCheck }))).toContain(line);
	});

	it("has a line a candidate, with what certifies in the heading", () => {
		const lines = describeEvidence(exampleReport()).split("\n");
		expect(lines.find((line) => line.includes("evidence of 2.8"))).toBeDefined();
		expect(lines.find((line) => line.trimStart().startsWith("0.9 "))).toMatch(
			/^\s+0\.9\s+40\.0%\s+4\.5\s+700\s+9\s+certified, in force$/u,
		);
		expect(lines.find((line) => line.trimStart().startsWith("0.8 "))).toMatch(/−2\.0\s+1,300\s+90$/u);
	});

	it("says why nothing is accepted", () => {
		const stopped = (state: typeof lease.state) =>
			inForce(exampleReport({ lease: { ...lease, state, threshold: null } }));
		expect(stopped("audition")).toContain("labels everything");
		expect(stopped("alarm")).toContain("answers have become worse");
		expect(stopped("closed")).toContain("closed by an operator");
	});

	it.each([
		["operator-key", "closed by an operator"],
		["access", "closed by an operator"],
		["tenant-key", "closed by the tenant"],
	] as const)("says that a %s has closed it", (closedBy, words) => {
		const closed = { ...lease, state: "closed" as const, threshold: null };
		expect(inForce(exampleReport({ lease: closed, closedBy }))).toContain(`${words}: accepts nothing`);
	});

	it.each([
		["unobserved", "for now, since the last stage could not be asked"],
		["late", "for now, since too many labels come too late"],
		["labeller-drift", "until anchors are put anew"],
	] as const)("says that it is frozen, and why: %s", (frozenBecause, words) => {
		const report = exampleReport({ frozen: true, frozenBecause });
		expect(inForce(report)).toContain(`(epoch 1, phase 3; frozen: no new certificate ${words}`);
		expect(screen(report)).toContain(`no new certificate ${words}`);
		expect(evidenceLine(report, 0)).toContain(`certified (frozen: ${frozenBecause})  epoch 1`);
	});

	it("makes do without candidates, labels and detector", () => {
		const text = describeEvidence(
			exampleReport({
				candidates: [],
				risk: null,
				alarm: {
					...alarm,
					logValue: null,
					logLevel: null,
					delayLabels: null,
					delayAccepted: null,
					delayRequests: null,
				},
			}),
		);
		expect(text).toContain("No thresholds yet");
		expect(text).toContain("no label of an accepted answer yet");
		expect(text).toContain("nothing to watch; has never alarmed");
	});

	it("names the label that the promise is on", () => {
		const { terms } = exampleReport();
		const guarantee = { ...terms.guarantee, onLabel: "ham" };
		expect(describeEvidence(exampleReport({ terms: { ...terms, guarantee } }))).toContain("of answers 'ham'");
	});
});

describe("the screen of cascade watch", () => {
	it("draws each candidate's evidence as a bar, with the line that certifies where it falls short", () => {
		const lines = screen().split("\n");
		expect(lines.find((line) => line.includes("certifies at 2.8"))).toBeDefined();
		expect(lines.find((line) => line.trimStart().startsWith("0.95"))).toMatch(/9\.0 ✓ █{60}$/u);
		expect(lines.find((line) => line.trimStart().startsWith("0.9 "))).toMatch(/4\.5 ► █{30}$/u);
		expect(lines.find((line) => line.trimStart().startsWith("0.8 "))).toMatch(/−2\.0 {3} {19}│$/u);
	});

	it("draws the alarm's trace against its level", () => {
		expect(screen(exampleReport(), [0, 6.75, 13.5])).toContain("alarm trace  ▁▅█ ▏13.5\n");
		expect(screen(exampleReport({ alarm: { ...alarm, logLevel: null } }))).toContain("nothing to watch");
	});

	it("shows as many candidates as fit, and always the one in force", () => {
		const candidates = Array.from({ length: 41 }, (_, index) => ({
			threshold: (99 - index) / 100,
			coverage: 0.2 + index / 50,
			logEvidence: 1,
			certified: false,
			labels: 1,
			wrong: 0,
		}));
		const report = exampleReport({ candidates, lease: { ...lease, threshold: 0.92 } });
		const shown = screen(report, [], 25)
			.split("\n")
			.filter((line) => /^\s+0\.\d+ /u.test(line));
		expect(shown).toHaveLength(10);
		expect(shown.filter((line) => line.includes("►"))).toHaveLength(1);
		expect(shown.find((line) => line.includes("►"))).toMatch(/^\s+0\.92 /u);
	});

	it("is one line where it goes to a log", () => {
		expect(evidenceLine(exampleReport(), Date.UTC(2026, 10, 25, 12))).toBe(
			"2026-11-25 12:00:00Z  certified  epoch 1 phase 3  threshold 0.9  coverage 40.0%  risk 2.1% [1.1%–3.8%]  alarm 2.0/13.5  10,000 requests\n",
		);
		expect(
			evidenceLine(exampleReport({ risk: null, lease: { ...lease, state: "alarm", threshold: null } }), 0),
		).toContain("alarm  epoch 1 phase 3  threshold nothing  coverage 0.0%  risk –");
	});
});
