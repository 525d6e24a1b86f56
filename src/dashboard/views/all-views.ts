import { evidenceView } from "./evidence/evidence-view.tsx";
import { keysView } from "./keys/keys-view.tsx";
import { overviewView } from "./overview/overview-view.tsx";
import { playgroundView } from "./playground/playground-view.tsx";
import { policyView } from "./policy/policy-view.tsx";
import { reportsView } from "./reports/reports-view.tsx";
import { requestsView } from "./requests/requests-view.tsx";
import { thresholdView } from "./threshold/threshold-view.tsx";
import type { View } from "./view.ts";

/** The views, in the order of the navigation. */
export const ALL_VIEWS: readonly [View, ...View[]] = [
	overviewView,
	requestsView,
	thresholdView,
	evidenceView,
	policyView,
	keysView,
	playgroundView,
	reportsView,
];
