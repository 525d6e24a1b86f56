import type { AdminReply, PolicyDocument } from "../../admin/client-types.ts";
import { diffPolicies, type PolicyChange } from "../../core/ledger/policy-diff.ts";
import { describeChanges } from "./describe-changes.ts";
import type { DesiredOrigin, DesiredPolicy } from "./desired-state.ts";
import { originBody, type OriginBody } from "./origin-body.ts";

/** One thing that `cascade apply` does, or finds done. `seen`: the revision it was planned on; null: there is none. */
export type PlannedStep =
	| {
			readonly kind: "origin";
			readonly name: string;
			readonly act: "create" | "change" | "unchanged";
			readonly changes: readonly PolicyChange[];
			readonly seen: number | null;
			readonly body: OriginBody;
	  }
	| { readonly kind: "tenant"; readonly name: string; readonly act: "create" | "unchanged" }
	| {
			readonly kind: "policy";
			/** The tenant's. */
			readonly name: string;
			readonly act: "create" | "change" | "unchanged";
			readonly changes: readonly PolicyChange[];
			readonly seen: number | null;
			readonly body: PolicyDocument;
	  };

/** What an origin needs; `current` is undefined where there is none of that name. */
export function planOrigin(
	{ name, ...desired }: DesiredOrigin,
	current: AdminReply<"origins.get"> | undefined,
): PlannedStep {
	const body = originBody(desired);
	if (current === undefined) return { kind: "origin", name, act: "create", changes: [], seen: null, body };
	const changes = diffPolicies(originBody(current), body);
	return {
		kind: "origin",
		name,
		act: changes.length === 0 ? "unchanged" : "change",
		changes,
		seen: current.revision,
		body,
	};
}

/** What a tenant needs, in order; `current` is undefined where there is no such tenant. */
export function planTenant(
	{ tenant, document }: DesiredPolicy,
	current: Pick<AdminReply<"policy.validate">, "revision" | "changes"> | undefined,
): readonly PlannedStep[] {
	const policy = { kind: "policy", name: tenant, body: document } as const;
	if (current === undefined)
		return [
			{ kind: "tenant", name: tenant, act: "create" },
			{ ...policy, act: "create", changes: [], seen: null },
		];
	const { revision: seen, changes } = current;
	const there = { kind: "tenant", name: tenant, act: "unchanged" } as const;
	if (seen === null) return [there, { ...policy, act: "create", changes: [], seen }];
	return [there, { ...policy, act: changes.length === 0 ? "unchanged" : "change", changes, seen }];
}

/** The steps that do something. */
export function stepsToTake(steps: readonly PlannedStep[]): readonly PlannedStep[] {
	return steps.filter(({ act }) => act !== "unchanged");
}

/** The plan for people: each step, under a change what changes, and how many there are of each. */
export function describePlan(steps: readonly PlannedStep[]): string {
	const lines = stepsToTake(steps).map((step) => {
		const based = step.act === "change" ? `, over revision ${step.seen}` : "";
		return `${step.act} ${step.kind} ${step.name}${based}\n${step.act === "change" ? describeChanges(step.changes) : ""}`;
	});
	return `${lines.join("")}To create: ${countOf(steps, "create")}, to change: ${countOf(steps, "change")}, unchanged: ${countOf(steps, "unchanged")}.\n`;
}

/** The end for people, of a plan whose every step was taken; its numbers are the plan's. */
export function describeDone(steps: readonly PlannedStep[]): string {
	return `Created: ${countOf(steps, "create")}, changed: ${countOf(steps, "change")}, unchanged: ${countOf(steps, "unchanged")}.\n`;
}

function countOf(steps: readonly PlannedStep[], act: PlannedStep["act"]): number {
	return steps.filter((step) => step.act === act).length;
}
