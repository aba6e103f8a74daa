/** Words by which a goal in English gives away its sort. Pure data; `goal-type.ts` weighs them. */
import type { GoalType } from "../mission.js";

export interface SignalWords {
  /** Count most where the goal begins with one. */
  verbs: RegExp;
  /** Count wherever they stand. */
  strong: RegExp;
  weak: RegExp;
}

/** Each is held against one word in lower case. */
export const SIGNAL_WORDS: Record<GoalType, SignalWords> = {
  greenfield: {
    verbs: /^(?:build|create|make|develop|write|launch|invent|start|bootstrap|scaffold)$/,
    strong: /^(?:greenfield|scratch)$/,
    weak: /^(?:building|creating|new|startup|mvp)$/,
  },
  migration: {
    verbs:
      /^(?:migrate|port|convert|upgrade|rewrite|modernise|modernize|move|switch|replace|transition|translate)$/,
    strong: /^(?:migrat(?:e[sd]?|ing|ions?)|porting|rewriting|upgrading|conversion)$/,
    weak: /^(?:legacy|deprecated|modernisation|modernization|codemod)$/,
  },
  research: {
    verbs:
      /^(?:research|investigate|compare|evaluate|explore|study|assess|survey|analyse|analyze|benchmark|find)$/,
    strong: /^(?:research(?:ing)?|investigation|comparison|evaluation|feasibility|spike|survey)$/,
    weak: /^(?:whether|alternatives|options|literature|state-of-the-art|pros|findings)$/,
  },
  enhancement: {
    verbs:
      /^(?:add|improve|fix|extend|enhance|refactor|optimise|optimize|redesign|polish|speed|reduce|increase|update|integrate|support|remove|rename|clean|document|test|debug)$/,
    strong: /^(?:bugs?|bugfix|refactoring|enhancements?|improvements?|regressions?)$/,
    weak: /^(?:existing|faster|better|current|coverage|accessib(?:le|ility))$/,
  },
  infrastructure: {
    verbs: /^(?:deploy|provision|host|containerise|containerize|dockerise|dockerize|automate)$/,
    strong:
      /^(?:infrastructure|kubernetes|k8s|terraform|ansible|helm|ci|ci-cd|devops|deployments?|monitoring|observability|backups?|dns|vpn|firewall|autoscaling)$/,
    weak: /^(?:pipelines?|docker|cluster|servers?|aws|gcp|azure|hosting|staging|nginx|prometheus|grafana)$/,
  },
};

/** Said before the verb that matters: "please", "I want to", "help me". */
export const COURTESY =
  /^(?:please|pls|kindly|i|we|you|us|me|want|need|would|like|could|can|should|must|help|let's|lets|to|the|goal|is|a|an|and)$/;

/** Words that ask for a proof of concept; a goal with one is a POC unless a person says otherwise. */
export const POC_WORDS =
  /(?<![\p{L}\p{N}])(?:p\.?o\.?c|proof[\s-]+of[\s-]+concept|prototyp\p{L}*|spikes?|research(?:ing)?)(?![\p{L}\p{N}])/iu;
