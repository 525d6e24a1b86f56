/** Names of the files that the page loads, beside it. */
export interface PageFiles {
	readonly script: string;
	readonly style: string;
}

/** The page that everything else is drawn into. */
export function dashboardPage({ script, style }: PageFiles): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<meta name="robots" content="noindex">
<title>Edge Cascade</title>
<link rel="icon" href="data:image/svg+xml,${encodeURIComponent(ICON)}">
<link rel="stylesheet" href="${style}">
<script src="${script}" defer></script>
</head>
<body>
<div id="dashboard"></div>
<noscript>The dashboard needs JavaScript. The admin API and the command <code>cascade</code> do all that it does.</noscript>
</body>
</html>
`;
}

/** The page that shows a report's file, in a frame without the dashboard's origin, and so without its key. */
export function reportFramePage(script: string): string {
	return `<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>Report</title>
<script src="${script}" defer></script>
</head>
<body></body>
</html>
`;
}

const ICON = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="8" fill="#0a5ca8"/><path d="M7 10h8v6h8v6h2" fill="none" stroke="#fff" stroke-width="3.2" stroke-linecap="round" stroke-linejoin="round"/></svg>`;

/** The dashboard runs its own script, asks its own Worker, and frames nothing but the report's page. */
const DASHBOARD_POLICY = [
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'self'",
	"connect-src 'self'",
	"img-src 'self' data:",
	"font-src 'none'",
	"frame-src 'self'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'none'",
	"require-trusted-types-for 'script'",
	"trusted-types 'none'",
].join("; ");

/**
 * A report has its style inside, so that is allowed here, where nothing can be loaded, sent or asked, and where the origin
 * is nobody's, also if the address is opened by itself.
 */
const FRAME_POLICY = [
	"sandbox allow-scripts",
	"default-src 'none'",
	"script-src 'self'",
	"style-src 'unsafe-inline'",
	"base-uri 'none'",
	"form-action 'none'",
	"frame-ancestors 'self'",
].join("; ");

/** What every file is sent with; the Worker's replies have the same of their own (`src/web/response-headers.ts`). */
const EVERYWHERE = [
	"X-Content-Type-Options: nosniff",
	"Referrer-Policy: no-referrer",
	"Strict-Transport-Security: max-age=31536000",
	"Cross-Origin-Opener-Policy: same-origin",
	"Permissions-Policy: camera=(), geolocation=(), microphone=(), payment=(), usb=()",
];

const PAGE = [`Content-Security-Policy: ${DASHBOARD_POLICY}`, "Cache-Control: no-cache", "X-Frame-Options: DENY"];
const FRAME = [`Content-Security-Policy: ${FRAME_POLICY}`, "Cache-Control: no-cache", "X-Frame-Options: SAMEORIGIN"];
/** Named by their content. Readable by the report's page, whose origin is nobody's. */
const NAMED_BY_CONTENT = ["Cache-Control: public, max-age=31536000, immutable"];

/** The `_headers` file of static assets. Each path has one rule with a policy, since rules that meet are joined. */
export function assetHeaders(): string {
	const rules: readonly (readonly [string, readonly string[]])[] = [
		["/dashboard/*", EVERYWHERE],
		["/dashboard/", PAGE],
		["/dashboard/report-frame", FRAME],
		["/dashboard/dashboard-*", NAMED_BY_CONTENT],
		["/dashboard/report-frame-*", NAMED_BY_CONTENT],
	];
	return rules.map(([path, headers]) => `${path}\n${headers.map((header) => `  ${header}\n`).join("")}`).join("\n");
}
