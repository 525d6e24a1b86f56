import { formatTable, percent } from "../mail-job/table.ts";
import { largestTerms, marginalBill, monthlyBill, tokensUsd, totalUsd } from "./cost.ts";
import { COUNTED_REQUESTS, type RequestKind } from "./counted-operations.ts";
import { limitsOf } from "./limits.ts";
import {
	ASSUMPTIONS,
	evenLoad,
	MONTH_SECONDS,
	operationsOf,
	sharing,
	together,
	type Assumptions,
	type Load,
	type Operations,
} from "./operations.ts";
import { PRICE_LIST, PRICES_READ_ON, WORKERS_AI_PRICES, type Meter } from "./price-list.ts";
import type { QueueSettings } from "./queue-settings.ts";

const MILLION = 1e6;
const KINDS = Object.keys(COUNTED_REQUESTS) as RequestKind[];
const usd = (value: number) => (value < 0.0005 ? "0" : value.toFixed(value < 100 ? 3 : 0));
const whole = (value: number) => Math.round(value).toLocaleString("en");

/** One tenant, as busy as it may be. */
export const LOADS: Readonly<Record<string, Load>> = {
	busy: { isolatePerSecond: 50, tenantPerSecond: 1_000, perSecond: 1_000 },
	steady: { isolatePerSecond: 5, tenantPerSecond: 5, perSecond: 5 },
	sparse: { isolatePerSecond: 1 / 60, tenantPerSecond: 1 / 60, perSecond: 1 / 60 },
};

/** A guaranteed cascade's requests: what is accepted, and what of that is audited. */
const MIX = { accepted: 0.7, audited: 0.05 } as const;

/** A month of such requests. */
export function mixedMonth(
	requests: number,
	load: Load,
	queue: QueueSettings,
	assumptions: Assumptions = ASSUMPTIONS,
): Operations {
	const of = (kind: RequestKind, share: number) => operationsOf(kind, requests * share, load, queue, assumptions);
	return together([
		of("guaranteed, accepted", MIX.accepted * (1 - MIX.audited)),
		of("guaranteed, audited", MIX.accepted * MIX.audited),
		of("guaranteed, escalated", 1 - MIX.accepted),
	]);
}

/** The price list itself. */
export function priceTable(): string {
	return formatTable([
		[`read on ${PRICES_READ_ON}`, "$ each", "in the plan, a month", "page of developers.cloudflare.com"],
		...Object.values(PRICE_LIST).map(({ name, usd: each, included, page }) => [
			name,
			each < 0.01 ? `${(each * MILLION).toLocaleString("en")} a million` : String(each),
			whole(included),
			page,
		]),
	]);
}

/** What a million requests of each kind cost on the platform, beyond the plan. */
export function kindTable(queue: QueueSettings): string {
	return formatTable([
		["a million requests, $", ...Object.keys(LOADS), "largest term, steady", "its share"],
		...KINDS.map((kind) => {
			const bills = Object.values(LOADS).map((load) => marginalBill(operationsOf(kind, MILLION, load, queue)));
			const [largest] = largestTerms(marginalBill(operationsOf(kind, MILLION, LOADS["steady"] as Load, queue)));
			return [
				kind,
				...bills.map((bill) => usd(totalUsd(bill))),
				largest === undefined ? "" : PRICE_LIST[largest.meter].name,
				largest === undefined ? "" : percent(largest.share),
			];
		}),
	]);
}

/** The same by what it is for, under one load. */
export function meterTable(queue: QueueSettings, load: Load): string {
	const bills = KINDS.map((kind) => {
		const operations = operationsOf(kind, MILLION, load, queue);
		return { operations, bill: marginalBill(operations) };
	});
	return formatTable([
		["a million requests", ...KINDS],
		...(Object.keys(PRICE_LIST) as Meter[]).map((meter) => [
			PRICE_LIST[meter].name,
			...bills.map(({ operations, bill }) =>
				meter === "storedGbMonths"
					? `${operations[meter].toFixed(3)} · $${usd(bill[meter])}`
					: `${whole(operations[meter])} · $${usd(bill[meter])}`,
			),
		]),
		["**together**", ...bills.map(({ bill }) => `**$${usd(totalUsd(bill))}**`)],
	]);
}

/** What a million calls of models cost, beside the platform. */
export function modelTable(tokens: { readonly input: number; readonly output: number }): string {
	const origins = {
		"an origin at $0.20 and $0.60": { input: 0.2, output: 0.6 },
		"an origin at $2.50 and $10": { input: 2.5, output: 10 },
	};
	return formatTable([
		["a million calls", `$, ${tokens.input} tokens in, ${tokens.output} out`],
		...Object.entries({ ...WORKERS_AI_PRICES, ...origins }).map(([model, price]) => [
			model,
			tokensUsd(price, MILLION, tokens).toFixed(1),
		]),
	]);
}

/** Months of a guaranteed cascade, with the plan and what it includes. */
export function monthTable(queue: QueueSettings): string {
	const months = [
		[MILLION, 1],
		[100 * MILLION, 1],
		[1_000 * MILLION, 1],
		[1_000 * MILLION, 100],
		[1_000 * MILLION, 10_000],
	] as const;
	return formatTable([
		["requests a month", "tenants", "$ a month", "$ a million", "largest terms"],
		...months.map(([requests, tenants]) => {
			const bill = monthlyBill(mixedMonth(requests, evenLoad(requests / MONTH_SECONDS, tenants), queue));
			const total = totalUsd(bill, "with the plan");
			const terms = largestTerms(bill)
				.slice(0, 3)
				.map(({ meter, usd: of }) => `${PRICE_LIST[meter].name} $${usd(of)}`);
			return [
				whole(requests),
				whole(tenants),
				usd(total),
				usd((total * MILLION) / requests),
				terms.length === 0 ? "the plan" : terms.join(", "),
			];
		}),
	]);
}

/** What a billion requests of one tenant would cost if an assumption were another. */
export function sensitivityTable(queue: QueueSettings, tenants: number): string {
	const requests = 1_000 * MILLION;
	const perSecond = requests / MONTH_SECONDS;
	const load = evenLoad(perSecond, tenants);
	const cases: readonly (readonly [string, Load, Partial<Assumptions>])[] = [
		["as assumed", load, {}],
		["five times the CPU", load, { cpuMs: { accepted: 1.43, escalated: 1.93 }, consumerCpuMs: 0.45 }],
		["a call of a ledger takes 100 ms, not 10", load, { objectCallMs: 100 }],
		["an isolate lives for a minute, not ten", load, { isolateSeconds: 60 }],
		["the consumer's invocations are free", load, { consumerIsRequest: false }],
		["1 request a second in an isolate, not 5", evenLoad(perSecond, tenants, 1), {}],
		["50 requests a second in an isolate", evenLoad(perSecond, tenants, 50), {}],
		["no invocation logs", load, { invocationLogs: false }],
		["no invocation logs, one line in ten", load, { invocationLogs: false, logSampling: 0.1 }],
		["an identity a message", load, { identityOf: "message" }],
		[
			"both: an identity a message, one line in ten",
			load,
			{ identityOf: "message", invocationLogs: false, logSampling: 0.1 },
		],
	];
	return formatTable([
		[`a billion requests a month, ${whole(tenants)} ${tenants === 1 ? "tenant" : "tenants"}`, "$ a month"],
		...cases.map(([name, of, differences]) => [
			name,
			usd(totalUsd(monthlyBill(mixedMonth(requests, of, queue, { ...ASSUMPTIONS, ...differences })), "with the plan")),
		]),
	]);
}

/** Which limit comes first. */
export function limitTable(queue: QueueSettings, itemMs: number): string {
	const rows = Object.entries(LOADS).flatMap(([name, load]) => {
		const { itemsAMessage } = sharing(load, queue, 2);
		const messagesARequest = 2 / itemsAMessage + MIX.accepted * MIX.audited * (1 + 1 / itemsAMessage);
		return limitsOf(queue, { messagesARequest, itemMs, isolatePerSecond: load.isolatePerSecond }).map(
			({ what, of, atPerSecond }) => ({ name, what, of, atPerSecond }),
		);
	});
	const names = Object.keys(LOADS);
	const limits = [...new Set(rows.map(({ what }) => what))];
	return formatTable([
		["limit, at requests a second of", "", ...names],
		...limits.map((what) => [
			what,
			rows.find((row) => row.what === what)?.of ?? "",
			...names.map((name) =>
				whole(rows.find((row) => row.what === what && row.name === name)?.atPerSecond ?? Number.NaN),
			),
		]),
	]);
}
