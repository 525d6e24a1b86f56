import type { CascadeLog } from "../../src/tuning/log/cascade-log.ts";
import type { RiskKind } from "../../src/tuning/selection/risk.ts";
import { formatTable, sum } from "../mail-job/table.ts";
import type { Duel } from "./head-to-head.ts";
import type { HeldOut, SameQuality, SplitResult } from "./held-out.ts";
import { costsOf } from "./routing.ts";
import { CLAIMS, type Claim } from "./trace-cells.ts";

/** A share as a percentage, which may be below 0. */
function percent(share: number): string {
	const text = (100 * share).toFixed(1);
	return `${text === "-0.0" ? "0.0" : text.replace("-", "−")}%`;
}

/** One pair: for each of `CLAIMS` its splits. */
export interface HeldOutResult {
	readonly name: string;
	readonly log: CascadeLog;
	readonly results: readonly (readonly SplitResult[])[];
}

/** For one risk: what is certified on one half does on the other, and what other ways save at the same quality. */
export function heldOutTable(pairs: readonly HeldOutResult[], risk: RiskKind): string {
	const head = [
		"pair",
		"target",
		"certified",
		"threshold",
		"coverage",
		"risk",
		"quality against large",
		"cost",
		"saving",
		"coin",
		"length",
		"gate",
		"naive: coverage",
		"risk",
		"missed",
	];
	return formatTable([head, ...claimed(pairs, risk).filter(isEverCertified).map(heldOutRow)]);
}

/** Pairs and targets at which no split certified anything. */
export function neverCertified(pairs: readonly HeldOutResult[], risk: RiskKind): string {
	const named = new Map<string, number[]>();
	for (const each of claimed(pairs, risk)) {
		if (isEverCertified(each)) continue;
		named.set(each.pair.name, [...(named.get(each.pair.name) ?? []), each.claim.target]);
	}
	if (named.size === 0) return "Something was certified for every pair and target.";
	const list = [...named].map(([name, targets]) => `${name} at ${targets.join(", ")}`).join("; ");
	return `In no split was anything certified for ${list}: everything goes to the large model there.`;
}

/** Naive tuning over all pairs, targets and splits of a risk, and on the first split alone. */
export function naiveSentence(pairs: readonly HeldOutResult[], risk: RiskKind): string {
	const cases = claimed(pairs, risk);
	const missedBy = (result: SplitResult | undefined, { target }: Claim) =>
		result?.naive == null || !(result.naive.risk > target) ? 0 : result.naive.risk - target;
	const first = cases.map(({ splits, claim }) => missedBy(splits[0], claim)).filter((points) => points > 0);
	const all = cases.flatMap(({ splits, claim }) => splits.map((split) => missedBy(split, claim)));
	const chosen = sum(cases.map(({ splits }) => splits.filter(({ naive }) => naive !== null).length));
	const missed = all.filter((points) => points > 0).length;
	return `${risk}: in the first split in ${first.length} of ${cases.length} cases, by up to ${(100 * Math.max(0, ...first)).toFixed(1)} points; over all splits in ${percent(missed / chosen)} of the ${chosen} in which it chose anything`;
}

/** The gate against the cascade at equal quality. */
export function duelTable(duels: readonly { readonly name: string; readonly rounds: readonly Duel[] }[]): string {
	const margins = duels[0]?.rounds.map(({ margin }) => margin) ?? [];
	const head = ["pair", ...margins.map(marginName)];
	const rows = duels.map(({ name, rounds }) => [
		name,
		...rounds.map(
			({ cascade, gate, coin, gateWins, splits }) =>
				`${percent(cascade)}, ${percent(gate)}, ${percent(coin)}; ${percent(gateWins / splits)}`,
		),
	]);
	return formatTable([head, ...rows]);
}

/** How often the gate saves more than the cascade, over pairs and over splits. */
export function duelSentence(duels: readonly { readonly name: string; readonly rounds: readonly Duel[] }[]): string {
	const margins = duels[0]?.rounds.map(({ margin }) => margin) ?? [];
	return margins
		.map((margin, index) => {
			const rounds = duels.map((each) => each.rounds[index] as Duel);
			const better = rounds.filter(({ gate, cascade }) => gate > cascade + 0.005).length;
			const worse = rounds.filter(({ gate, cascade }) => cascade > gate + 0.005).length;
			const wins = sum(rounds.map(({ gateWins }) => gateWins)) / sum(rounds.map(({ splits }) => splits));
			return `${marginName(margin)}: the gate on ${better} of ${rounds.length} pairs, the cascade on ${worse} (the gate in ${percent(wins)} of splits)`;
		})
		.join("; ");
}

/** Savings of the gate above those of the certified cascade, at its quality, over the splits in which both are known. */
export function gateSentence(pairs: readonly HeldOutResult[], risk: RiskKind): string {
	const both = claimed(pairs, risk).flatMap(({ splits }) =>
		splits.flatMap(({ certified, sameQuality }) =>
			certified === null || sameQuality === null || sameQuality.gate === null
				? []
				: [{ cascade: certified.saving, gate: sameQuality.gate }],
		),
	);
	const wins = both.filter(({ cascade, gate }) => gate > Math.max(0, cascade)).length;
	return `${risk}: ${percent(both.length === 0 ? 0 : wins / both.length)} of ${both.length}`;
}

function marginName(margin: number): string {
	return margin === 0 ? "no loss" : margin === 0.01 ? "1 point" : `${100 * margin} points`;
}

interface Case {
	readonly pair: HeldOutResult;
	readonly claim: Claim;
	readonly splits: readonly SplitResult[];
}

function claimed(pairs: readonly HeldOutResult[], risk: RiskKind): Case[] {
	return pairs.flatMap((pair) =>
		CLAIMS.flatMap((claim, index) => (claim.risk === risk ? [{ pair, claim, splits: pair.results[index] ?? [] }] : [])),
	);
}

function isEverCertified({ splits }: Case): boolean {
	return splits.some(({ certified }) => certified !== null);
}

function heldOutRow({ pair, claim, splits }: Case): string[] {
	const certified = splits.flatMap((split) => (split.certified === null ? [] : [{ ...split, at: split.certified }]));
	const naive = splits.flatMap((split) => split.naive ?? []);
	const isNominal = costsOf(pair.log).isNominal;
	const mean = (read: (at: HeldOut) => number) => average(certified.map(({ at }) => read(at)));
	const other = (way: keyof SameQuality) => {
		const known = certified.flatMap(({ sameQuality }) => sameQuality?.[way] ?? []);
		return known.length === 0 ? "" : percent(average(known));
	};
	return [
		pair.name,
		String(claim.target),
		percent(certified.length / splits.length),
		median(certified.map(({ at }) => at.threshold)).toPrecision(3),
		percent(mean(({ coverage }) => coverage)),
		percent(mean(({ risk }) => risk)),
		signedPoints(average(certified.map(({ at, largeQuality }) => at.quality - largeQuality))),
		isNominal
			? `${mean(({ cost }) => cost).toFixed(2)} calls`
			: `$${(1_000 * mean(({ cost }) => cost)).toPrecision(3)}`,
		percent(mean(({ saving }) => saving)),
		other("coin"),
		other("length"),
		other("gate"),
		naive.length === 0 ? "" : percent(average(naive.map(({ coverage }) => coverage))),
		naive.length === 0 ? "" : percent(average(naive.map(({ risk }) => risk))),
		naive.length === 0 ? "" : percent(naive.filter(({ risk }) => risk > claim.target).length / naive.length),
	];
}

function signedPoints(share: number): string {
	const points = (100 * share).toFixed(1);
	return points === "0.0" || points === "-0.0" ? "0.0" : share > 0 ? `+${points}` : points.replace("-", "−");
}

function average(values: readonly number[]): number {
	return sum(values) / values.length;
}

function median(values: readonly number[]): number {
	const sorted = [...values].sort((left, right) => left - right);
	return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
