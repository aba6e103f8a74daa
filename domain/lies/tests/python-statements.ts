/** Python's lines and blocks, by their indentation. */
import { isMark, isWord, type Token } from "../reading/token.js";

export interface Statement {
  indent: number;
  tokens: Token[];
}

/** A function or class with what is in it. */
export interface Block {
  kind: "def" | "class";
  name: string;
  indent: number;
  line: number;
  isAsync: boolean;
  /** What stands in the brackets after its name. */
  head: Token[];
  decorators: Token[][];
  /** Blocks around it, the outermost first. */
  around: Block[];
  body: Statement[];
}

export function statementsOf(tokens: readonly Token[]): Statement[] {
  const statements: Statement[] = [];
  for (const token of tokens) {
    if (token.first || statements.length === 0)
      statements.push({ indent: token.column, tokens: [token] });
    else statements.at(-1)?.tokens.push(token);
  }
  return statements;
}

export function blocksOf(statements: readonly Statement[]): Block[] {
  const blocks: Block[] = [];
  let around: Block[] = [];
  let decorators: Token[][] = [];
  for (const statement of statements) {
    const { indent, tokens } = statement;
    around = around.filter((block) => block.indent < indent);
    const [first] = tokens;
    if (isMark(first, "@")) {
      decorators.push(tokens);
      continue;
    }
    const at = isWord(first, "async") ? 1 : 0;
    const keyword = tokens[at];
    for (const block of around) block.body.push(statement);
    if (isWord(keyword, "def", "class")) {
      const block: Block = {
        kind: isWord(keyword, "def") ? "def" : "class",
        name: tokens[at + 1]?.text ?? "",
        indent,
        line: first?.line ?? 0,
        isAsync: at === 1,
        head: tokens.slice(at + 2),
        decorators,
        around,
        body: [],
      };
      blocks.push(block);
      around = [...around, block];
    }
    decorators = [];
  }
  return blocks;
}
