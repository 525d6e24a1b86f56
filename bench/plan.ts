/** How long and how often everything is measured. */
export interface Plan {
	readonly rounds: number;
	/** Milliseconds of load on each contender before anything counts. Node servers look a third slower before some 8 s. */
	readonly warmUpMs: number;
	/** Of one turn at 16 connections, and of one at 1 or 64. */
	readonly turnMs: number;
	readonly otherTurnMs: number;
	/** Of one turn in which answers wait for slow upstreams, so that there are enough of them. */
	readonly slowTurnMs: number;
	/** Rounds of many tenants, whose turns are longer. */
	readonly tenantRounds: number;
	/** Of one turn of so many tenants that each asks seldom. */
	readonly manyTenantsMs: number;
	/** Requests over which memory is watched. */
	readonly memoryRequests: number;
	readonly starts: number;
	/** Of the greatest population. */
	readonly tenants: number;
}

export const FULL: Plan = {
	rounds: 8,
	warmUpMs: 8_000,
	turnMs: 1_500,
	otherTurnMs: 300,
	slowTurnMs: 1_500,
	tenantRounds: 5,
	manyTenantsMs: 30_000,
	memoryRequests: 200_000,
	starts: 20,
	tenants: 10_000,
};

/** To see that it runs, and roughly; its figures are not to be quoted. */
export const QUICK: Plan = {
	rounds: 2,
	warmUpMs: 200,
	turnMs: 150,
	otherTurnMs: 100,
	slowTurnMs: 250,
	tenantRounds: 2,
	manyTenantsMs: 500,
	memoryRequests: 4_000,
	starts: 2,
	tenants: 2_000,
};

/** At this many connections a server has always something to do, and CPU a request is taken. */
export const MAIN_CONNECTIONS = 16;
