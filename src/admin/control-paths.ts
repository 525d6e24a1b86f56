/** Where the admin API is. */
export const ADMIN_PATH = "/admin/v1";

/** Where the metrics are: where scrapers look. */
export const METRICS_PATH = "/metrics";

/** Where the dashboard's files are. */
export const DASHBOARD_PATH = "/dashboard";

/** Whether an address is the control plane's. Those of requests for inference, of which there are most, are not parsed for it. */
export function isForControl(url: string): boolean {
	if (!url.includes(ADMIN_PATH) && !url.includes(METRICS_PATH) && !url.includes(DASHBOARD_PATH)) return false;
	const { pathname } = new URL(url);
	return pathname === METRICS_PATH || isBelow(pathname, ADMIN_PATH) || isBelow(pathname, DASHBOARD_PATH);
}

/** Whether a path is this one, or one below it. */
export function isBelow(pathname: string, path: string): boolean {
	return pathname === path || pathname.startsWith(`${path}/`);
}
