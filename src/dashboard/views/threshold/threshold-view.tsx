import { useState } from "preact/hooks";
import { ok } from "../../../core/result.ts";
import type { ConfidenceBins, EvidenceReport } from "../../api/recorded-types.ts";
import { useResource } from "../../api/use-resource.ts";
import { routeHash } from "../../app/route.ts";
import { replaceRoute } from "../../app/use-route.ts";
import { Card } from "../../parts/card.tsx";
import { Choice, Segments } from "../../parts/choice.tsx";
import { Field } from "../../parts/field.tsx";
import { ThresholdIcon } from "../../parts/icons.tsx";
import { FailureNotice, Loading, Notice } from "../../parts/notice.tsx";
import { SavedNotice } from "../../policy/saved-notice.tsx";
import { SavePolicy } from "../../policy/save-policy.tsx";
import { showConfidence, showCountOf } from "../../show/show-values.ts";
import { PERIODS, periodOf } from "../../usage/period.ts";
import { sumUsage } from "../../usage/sum-usage.ts";
import { useUsage } from "../../usage/use-usage.ts";
import type { View, ViewProps } from "../view.ts";
import { ConfidenceHistogram } from "./confidence-histogram.tsx";
import { MeaningOfSave } from "./meaning-of-save.tsx";
import { PreviewFigures } from "./preview-figures.tsx";
import { setThreshold } from "./set-threshold.ts";
import { StandingOfChoice } from "./standing-of-choice.tsx";

/** How sure a stage must be, and what another threshold would do. */
export const thresholdView: View = {
	name: "threshold",
	title: "Threshold",
	about:
		"How sure the small model must be for its answer to be served. Move the line to see what another threshold would do.",
	icon: ThresholdIcon,
	needsCascade: true,
	Component: Threshold,
};

const NO_READINGS: ConfidenceBins = { all: Array<number>(20).fill(0), accepted: Array<number>(20).fill(0) };

function Threshold(props: ViewProps) {
	const { tenant, cascade, policy, route } = props;
	const judged = (policy?.cascades[cascade]?.stages ?? []).filter(({ confidence }) => confidence !== undefined);
	const stage = judged.find(({ name }) => name === route.query["stage"]) ?? judged[0];
	if (stage === undefined)
		return (
			<Notice title="This cascade has no threshold">
				<p>It has one stage, which answers everything. A threshold belongs to a stage before the last.</p>
			</Notice>
		);
	return (
		<>
			{judged.length > 1 && (
				<div class="controls">
					<Choice
						label="Stage"
						value={stage.name}
						options={judged.map(({ name }) => ({ value: name, name }))}
						onChoose={(chosen) =>
							replaceRoute(routeHash(tenant, cascade, "threshold", [], { ...route.query, stage: chosen }))
						}
					/>
				</div>
			)}
			<StageThreshold key={stage.name} {...props} stageName={stage.name} />
		</>
	);
}

function StageThreshold(props: ViewProps & { readonly stageName: string }) {
	const { admin, tenant, cascade, policy, revision, reloadPolicy, route, stageName } = props;
	const stages = policy?.cascades[cascade]?.stages ?? [];
	const place = stages.findIndex(({ name }) => name === stageName);
	const stage = stages[place];
	const hasGuarantee = stage?.guarantee !== undefined;
	const period = periodOf(route.query["period"]);
	const usage = useUsage(admin, { tenant, cascade, period });
	// Not asked for without a guarantee, where it is not there.
	const evidence = useResource<EvidenceReport>(hasGuarantee ? `${tenant} ${cascade} ${revision}` : null, async () => {
		const answer = await admin.call("evidence.get", { parameters: { tenant, cascade } });
		return answer.ok ? ok(answer.value.body) : answer;
	});
	const [moved, setMoved] = useState<number | null>(null);
	const [typed, setTyped] = useState<string | null>(null);
	const [saved, setSaved] = useState<string | null>(null);

	const report = evidence.value ?? null;
	const manual = stage?.threshold ?? null;
	const inForce = hasGuarantee ? inForceUnderGuarantee(report, stage?.guarantee?.withoutCertificate, manual) : manual;
	const threshold = moved ?? manual ?? inForce ?? 0.5;
	const move = (to: number) => {
		setMoved(to);
		setTyped(null);
		setSaved(null);
	};
	const rows = usage.value?.rows ?? [];
	const sum = sumUsage(rows);
	const bins = sum.confidence[stageName] ?? NO_READINGS;
	const isRecorded = rows.some(({ confidence }) => confidence !== undefined);
	const revisions = new Set(rows.map(({ policyRevision }) => policyRevision)).size;
	const isManualAlready = !hasGuarantee || stage?.guarantee?.withoutCertificate === "manual-threshold";
	if (policy === null) return null;
	return (
		<>
			<div class="bar-of-controls">
				<Segments
					label="Period"
					value={period.name}
					options={PERIODS.map(({ name, label }) => ({ value: name, name: label }))}
					onChoose={(chosen) =>
						replaceRoute(routeHash(tenant, cascade, "threshold", [], { ...route.query, period: chosen }))
					}
				/>
				{revisions > 1 && (
					<p class="hint">{`Readings of ${showCountOf(revisions, "revision")} of the policy together.`}</p>
				)}
			</div>
			<SavedNotice what={saved} />
			{usage.failure !== undefined && <FailureNotice failure={usage.failure} retry={usage.reload} />}
			{evidence.failure !== undefined && <FailureNotice failure={evidence.failure} retry={evidence.reload} />}
			{usage.value === undefined && usage.failure === undefined && <Loading what="the readings" />}
			{usage.value !== undefined && (
				<>
					{rows.length > 0 && !isRecorded && (
						<Notice title="No readings are recorded">
							<p>
								The usage of this Worker has no confidences: the requests were counted by an earlier version. Coverage
								and cost cannot be told before there are new ones.
							</p>
						</Notice>
					)}
					<PreviewFigures
						sum={sum}
						bins={bins}
						threshold={threshold}
						costUnknown={whyCostUnknown(policy.cascades[cascade]?.mode, stages.length - 1 - place)}
						evidence={report}
					/>
					<Card
						title={`Confidence of ${stageName}`}
						about="Drag the line, or move it with the arrow keys: by 0.01, with Shift by 0.001, with Page Up and Page Down by 0.05."
					>
						<ConfidenceHistogram
							stage={stageName}
							bins={bins}
							threshold={threshold}
							inForce={inForce}
							evidence={report}
							onMove={move}
						/>
						<StandingOfChoice hasGuarantee={hasGuarantee} evidence={report} threshold={threshold} />
						<div class="controls">
							<div class="threshold-exactly">
								<Field
									label="Threshold"
									value={typed ?? showPlain(threshold)}
									onValue={(text) => {
										if (isThreshold(text)) move(Number(text));
										setTyped(text);
									}}
									input={{
										type: "number",
										min: 0,
										max: 1,
										step: 0.01,
										inputMode: "decimal",
										"aria-invalid": typed !== null && !isThreshold(typed),
										onBlur: () => setTyped(null),
									}}
								/>
							</div>
							<SavePolicy
								admin={admin}
								tenant={tenant}
								policy={policy}
								revision={revision}
								candidate={setThreshold(policy, { cascade, stage: stageName, threshold })}
								reloadPolicy={reloadPolicy}
								// Not while the field shows something else than what would be saved.
								isDisabled={(threshold === manual && isManualAlready) || (typed !== null && !isThreshold(typed))}
								onSaved={(written) =>
									setSaved(`Threshold ${showConfidence(threshold)} is saved as revision ${written}.`)
								}
							>
								<MeaningOfSave stage={stageName} threshold={threshold} hasGuarantee={hasGuarantee} evidence={report} />
							</SavePolicy>
							<button type="button" class="button" disabled={moved === null} onClick={() => setMoved(null)}>
								Undo
							</button>
						</div>
					</Card>
				</>
			)}
		</>
	);
}

/** What decides under a guarantee: the certificate, else the manual threshold where the policy falls back on it. */
function inForceUnderGuarantee(
	report: EvidenceReport | null,
	withoutCertificate: string | undefined,
	manual: number | null,
): number | null {
	if (report?.lease.state === "certified") return report.lease.threshold;
	return withoutCertificate === "manual-threshold" && report?.lease.state !== "closed" ? manual : null;
}

/** What an answer more or less costs is known only where the next call is the last stage's, and made because of it. */
function whyCostUnknown(mode: string | undefined, stagesAfter: number): string | null {
	if (mode === "parallel") return "both stages are asked at once, whatever the threshold";
	return stagesAfter > 1 ? "what the next stage would accept is not known" : null;
}

function isThreshold(text: string): boolean {
	const value = Number(text);
	return text.trim() !== "" && value >= 0 && value <= 1;
}

/** As an input takes it. */
function showPlain(threshold: number): string {
	return String(Math.round(threshold * 1e6) / 1e6);
}
