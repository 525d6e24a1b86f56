import type { Clock, Reservation } from "../cascade/ports.ts";
import { available, extend, nanosOfCost, openAccount, reserve, settle } from "../core/ledger/budget-lease.ts";
import type { Lease, LeaseAccount } from "../core/ledger/budget-lease.ts";
import type { LeaseGrant, LeaseReturn } from "../core/ledger/lease-ports.ts";
import type { Result } from "../core/result.ts";
import type { LeaseHolderPorts } from "./lease-holder.ts";

/** How long the ledger may take to answer one who waits for money. */
export const ASK_MS = 2_000;

/**
 * While one request asks, the others wait so long before they look again whether there is money: a request cannot await
 * another's promise.
 */
const LOOK_AGAIN_MS = 20;

/** How long a refusal is believed: so long nobody asks the ledger for as much again. */
export const BELIEVED_MS = 1_000;

/** How long it is believed that the tenant has no budget; about what a policy takes to be seen. */
const UNLIMITED_MS = 30_000;

/** How often a lease's return is tried, with a pause after each failure that doubles. */
const MOST_RETURNS = 3;
const FIRST_PAUSE_MS = 250;

/** Of a tenant without a budget, and of a call that costs nothing. */
const UNCOUNTED: Reservation = { settle: () => {} };

/** A lease in use, or ended with calls that still go on. */
interface HeldLease {
	readonly id: string;
	expiresAt: number;
	account: LeaseAccount;
	ended: boolean;
}

/** A request that the lease does not cover. */
interface Waiting {
	readonly worst: number;
	readonly since: number;
}

/** One tenant's lease in one isolate. All money is in nano-dollars. */
export class TenantLeases {
	readonly #tenant: string;
	readonly #ports: LeaseHolderPorts;
	/** The lease that calls are paid from; null where there is none, or it has ended. */
	#held: HeldLease | null = null;
	readonly #waiting = new Set<Waiting>();
	/** Which of them asks the ledger, for all of them. */
	#asking: Waiting | null = null;
	/** Nobody need ask for as much as this before then. */
	#refused = { worst: 0, until: 0 };
	#unlimitedUntil = 0;

	constructor(tenant: string, ports: LeaseHolderPorts) {
		this.#tenant = tenant;
		this.#ports = ports;
	}

	/** Whether nothing is lent, so that no money is forgotten with this. */
	isIdle(): boolean {
		return this.#held === null && this.#waiting.size === 0;
	}

	/** Sets `worst` aside: from memory, or after asking the ledger; null where it is not to be had. Never throws. */
	reserve(worst: number): Reservation | null | Promise<Reservation | null> {
		const known = this.#fromMemory(worst);
		return known === undefined ? this.#waitFor(worst) : known;
	}

	/** Undefined: only the ledger can say. */
	#fromMemory(worst: number): Reservation | null | undefined {
		const now = this.#ports.clock.now();
		if (worst === 0 || now < this.#unlimitedUntil) return UNCOUNTED;
		if (this.#held !== null && now >= this.#held.expiresAt) this.#end(this.#held);
		const reservation = this.#held === null ? null : this.#reserveFrom(this.#held, worst);
		if (reservation !== null) return reservation;
		return now < this.#refused.until && worst >= this.#refused.worst ? null : undefined;
	}

	#reserveFrom(held: HeldLease, worst: number): Reservation | null {
		const account = reserve(held.account, worst);
		if (account === null) return null;
		held.account = account;
		let isSettled = false;
		return {
			settle: (costUsd) => {
				if (isSettled) return;
				isSettled = true;
				held.account = settle(held.account, worst, costUsd === null ? null : nanosOfCost(costUsd));
				if (held.ended && held.account.reserved === 0) this.#giveBack(held);
			},
		};
	}

	/** One asks for all that wait; the others look again and again whether that has brought enough. */
	async #waitFor(worst: number): Promise<Reservation | null> {
		const { clock, logFault, waitUntil } = this.#ports;
		const waiting: Waiting = { worst, since: clock.now() };
		this.#waiting.add(waiting);
		try {
			while (clock.now() < waiting.since + ASK_MS) {
				if (this.#someoneAsks()) await pause(clock, LOOK_AGAIN_MS);
				else {
					const asked = this.#ask(waiting);
					// The lease is everybody's: it must arrive although the client that it was asked for leaves.
					waitUntil(asked);
					await asked;
				}
				const known = this.#fromMemory(worst);
				if (known !== undefined) return known;
			}
			logFault("budget-ledger-busy", { tenant: this.#tenant });
			return null;
		} finally {
			this.#waiting.delete(waiting);
		}
	}

	/** One whose invocation was ended meanwhile never says so, and must not stand in the others' way for ever. */
	#someoneAsks(): boolean {
		const oldest = this.#ports.clock.now() - 2 * ASK_MS;
		for (const waiting of this.#waiting) if (waiting.since < oldest) this.#waiting.delete(waiting);
		return this.#asking !== null && this.#waiting.has(this.#asking);
	}

	/** Asks for what the lease lacks. What comes of it is in memory afterwards. */
	async #ask(waiting: Waiting): Promise<void> {
		const { clock, logFault } = this.#ports;
		this.#asking = waiting;
		const extended = this.#held;
		const free = extended === null ? 0 : available(extended.account);
		let all = 0;
		for (const { worst } of this.#waiting) all += worst;
		const answer = await this.#answerOfLedger({
			needed: Math.max(0, waiting.worst - free),
			wanted: Math.min(Number.MAX_SAFE_INTEGER, all - free),
			extend: extended?.id ?? null,
		});
		if (this.#asking === waiting) this.#asking = null;
		const until = clock.now() + BELIEVED_MS;
		if (!answer.ok) {
			// For money the safe side is not to spend it: what is left of the lease serves, and nothing else.
			this.#refused = { worst: 0, until };
			logFault("budget-ledger-unavailable", { tenant: this.#tenant, reason: answer.error });
		} else if (answer.value.kind === "no-budget") this.#unlimitedUntil = clock.now() + UNLIMITED_MS;
		else if (answer.value.kind === "exhausted")
			this.#refused = { worst: waiting.worst, until: Math.min(until, answer.value.retryAt) };
		else this.#hold(answer.value.lease, extended);
	}

	async #answerOfLedger(wish: {
		readonly needed: number;
		readonly wanted: number;
		readonly extend: string | null;
	}): Promise<Result<LeaseGrant, string>> {
		const { ledgerOf, clock, waitUntil, holder } = this.#ports;
		let cancelTimer = () => {};
		const timeIsUp = new Promise<null>((resolve) => {
			cancelTimer = clock.setTimer(ASK_MS, () => resolve(null));
		});
		const answered = async (): Promise<Result<LeaseGrant, string>> => {
			try {
				const answer = await ledgerOf(this.#tenant).grantLease({ ...wish, holder });
				return answer.ok ? answer : { ok: false, error: answer.error.kind };
			} catch (error) {
				return { ok: false, error: String(error) };
			}
		};
		const asked = answered();
		const inTime = await Promise.race([asked, timeIsUp]);
		cancelTimer();
		if (inTime !== null) return inTime;
		// A new lease that comes after all is given back; what was added to an old one goes back with that.
		const giveBackLate = async () => {
			const late = await asked;
			if (late.ok && late.value.kind === "granted" && late.value.lease.id !== wish.extend)
				await this.#returned({ id: late.value.lease.id, spent: 0, open: 0 });
		};
		waitUntil(giveBackLate());
		return { ok: false, error: `no answer within ${ASK_MS} ms` };
	}

	/** Takes a lease, or what was added to one, into use, and looks after its end. */
	#hold({ id, amount, expiresAt }: Lease, extended: HeldLease | null): void {
		if (extended?.id === id) {
			// It ended meanwhile, and its return takes back what was added.
			if (extended.ended) return;
			extended.account = extend(extended.account, amount);
			extended.expiresAt = expiresAt;
			this.#endInTime(extended);
			return;
		}
		if (this.#held !== null) this.#end(this.#held);
		this.#held = { id, expiresAt, account: openAccount({ amount }), ended: false };
		this.#endInTime(this.#held);
	}

	#endInTime(held: HeldLease): void {
		const { clock, waitUntil } = this.#ports;
		const { expiresAt } = held;
		const end = async () => {
			await pause(clock, Math.max(0, expiresAt - clock.now()));
			// One that was extended is looked after by the request that extended it.
			if (held.expiresAt === expiresAt) this.#end(held);
		};
		waitUntil(end());
	}

	/** Nothing more is reserved from it; what nobody needs goes back. */
	#end(held: HeldLease): void {
		if (held.ended) return;
		held.ended = true;
		if (this.#held === held) this.#held = null;
		this.#giveBack(held);
	}

	/** Twice where calls outlast the lease: what is free at its end, and the rest when the last call is settled. */
	#giveBack({ id, account: { spent, reserved } }: HeldLease): void {
		this.#ports.waitUntil(this.#returned({ id, spent, open: reserved }));
	}

	async #returned(returned: LeaseReturn): Promise<void> {
		const { ledgerOf, clock, logFault } = this.#ports;
		let failure: unknown;
		for (let attempt = 1; attempt <= MOST_RETURNS; attempt++) {
			try {
				await ledgerOf(this.#tenant).returnLease(returned);
				return;
			} catch (error) {
				failure = error;
				if (attempt < MOST_RETURNS) await pause(clock, FIRST_PAUSE_MS * 2 ** (attempt - 1));
			}
		}
		logFault("lease-not-returned", { tenant: this.#tenant, lease: returned.id, reason: String(failure) });
	}
}

function pause(clock: Clock, ms: number): Promise<void> {
	return new Promise((resolve) => {
		clock.setTimer(ms, resolve);
	});
}
