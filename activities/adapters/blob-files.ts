/** BlobFilePort over a folder of blobs. */
import { getBlobFile, putBlobFile } from "../../store/blobs.js";
import type { BlobFilePort } from "../hosts-ports.js";

/** @param shared other hosts reach the folder too. */
export const createBlobFiles = (root: string, shared: boolean): BlobFilePort => ({
  putFile: (path, name) => putBlobFile(root, path, name),
  file: (sha256) => getBlobFile(root, sha256),
  shared,
});
