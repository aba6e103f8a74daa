/** The part of the DOM that the survey uses: this program has no DOM of its own, and must not believe that it has. */

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

export interface PageStyle {
  display: string;
  visibility: string;
  opacity: string;
  position: string;
  overflowX: string;
  overflowY: string;
  textOverflow: string;
  webkitLineClamp: string;
  transform: string;
  animationName: string;
  clip: string;
  clipPath: string;
  maskImage: string;
  backgroundColor: string;
  backgroundImage: string;
  pointerEvents: string;
  zIndex: string;
  content: string;
}

interface PageNode {
  nodeType: number;
  textContent: string | null;
  childNodes: ArrayLike<PageNode>;
}
export interface PageText extends PageNode {
  data: string;
}
interface PageRoot {
  elementFromPoint(x: number, y: number): PageElement | null;
  elementsFromPoint(x: number, y: number): PageElement[];
}
interface ShadowTree extends PageNode, PageRoot {
  host: PageElement;
  querySelector(selector: string): PageElement | null;
}

export interface PageElement extends PageNode {
  localName: string;
  id: string;
  namespaceURI: string | null;
  classList: ArrayLike<string>;
  children: ArrayLike<PageElement>;
  parentElement: PageElement | null;
  previousElementSibling: PageElement | null;
  assignedSlot: PageElement | null;
  shadowRoot: ShadowTree | null;
  clientLeft: number;
  clientTop: number;
  clientWidth: number;
  clientHeight: number;
  scrollWidth: number;
  scrollLeft: number;
  scrollTop: number;
  disabled?: boolean;
  tabIndex: number;
  type?: string;
  value?: string;
  placeholder?: string;
  control?: PageElement | null;
  complete?: boolean;
  naturalWidth?: number;
  currentSrc?: string;
  assignedNodes?(): PageNode[];
  getAttribute(name: string): string | null;
  hasAttribute(name: string): boolean;
  matches(selector: string): boolean;
  closest(selector: string): PageElement | null;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement>;
  getRootNode(): unknown;
  getBoundingClientRect(): Box;
  getClientRects(): ArrayLike<Box>;
  checkVisibility(): boolean;
  scrollIntoView(options: { block: string; inline: string; behavior: string }): void;
}

export interface PageRange {
  selectNodeContents(node: unknown): void;
  getClientRects(): ArrayLike<Box>;
}

export interface PageDocument extends PageRoot {
  title: string;
  compatMode: string;
  documentElement: PageElement;
  body: PageElement | null;
  createRange(): PageRange;
  querySelector(selector: string): PageElement | null;
  querySelectorAll(selector: string): ArrayLike<PageElement>;
}
