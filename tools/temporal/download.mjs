// Downloads Temporal's CLI into a folder by the SDK's downloader: node download.mjs <folder> <version>
import { TestWorkflowEnvironment } from "@temporalio/testing";

// The parent holds our input open while it lives.
process.stdin.on("end", () => process.exit(1)).resume();

const [downloadDir, version] = process.argv.slice(2);
try {
  const environment = await TestWorkflowEnvironment.createLocal({
    server: { executable: { type: "cached-download", downloadDir, version, ttl: "1 day" } },
  });
  await environment.teardown();
  process.exit(0);
} catch (error) {
  console.error(`Error: ${error instanceof Error ? error.message : String(error)}`);
  process.exit(1);
}
