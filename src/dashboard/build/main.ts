import { buildDashboard } from "./build-dashboard.ts";

/** What `wrangler.toml` runs before it uploads anything. */
await buildDashboard();
