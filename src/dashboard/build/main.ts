import { buildAdminDocuments } from "./build-admin-documents.ts";
import { buildDashboard } from "./build-dashboard.ts";

/** What `wrangler.toml` runs before it uploads anything. */
await buildDashboard();
await buildAdminDocuments();
