import { DurableObject } from "cloudflare:workers";
import {
	createSharedOutage,
	type SharedOutagePort,
	type UpstreamReport,
	type UpstreamVerdict,
} from "../core/resilience/shared-outage.ts";
import { ledgerRuntime, type LedgerBindings, type LedgerRuntime } from "./ledger-runtime.ts";

/**
 * What the isolates have seen of one upstream, one instance each. It keeps seconds, so it stores nothing: one that is moved begins
 * anew, and the next reports tell it. No request waits for it.
 */
export class UpstreamOutage extends DurableObject<LedgerBindings> implements SharedOutagePort {
	/** For tests to set before an instance is made. */
	static runtime: LedgerRuntime = ledgerRuntime;

	readonly #runtime = UpstreamOutage.runtime;
	readonly #outage = createSharedOutage();

	async report(report: UpstreamReport): Promise<UpstreamVerdict> {
		return this.#outage.add(report, this.#runtime.now());
	}
}
