import { evidenceView } from "./evidence/evidence-view.tsx";
import { overviewView } from "./overview/overview-view.tsx";
import { reportsView } from "./reports/reports-view.tsx";
import { requestsView } from "./requests/requests-view.tsx";
import type { View } from "./view.ts";

/** The views, in the order of the navigation. */
export const ALL_VIEWS: readonly [View, ...View[]] = [overviewView, requestsView, evidenceView, reportsView];
