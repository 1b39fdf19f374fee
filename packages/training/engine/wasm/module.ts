import { type Code, codeLength, type Expr, expr, type Statement, unsigned, type ValueType, writeCode } from './code.js';
import { type Index, i32 } from './instructions.js';

const TYPE_BYTE: Readonly<Record<ValueType, number>> = { i32: 0x7f, i64: 0x7e, f32: 0x7d, f64: 0x7c, v128: 0x7b };

/** A variable of a function. Used as an expression it is its value. */
export interface Local<T extends ValueType> extends Expr<T> {
  readonly set: (value: Expr<T>) => Statement;
  /** Sets it and is the value. */
  readonly tee: (value: Expr<T>) => Expr<T>;
}

/** A function under construction. */
export class FunctionBuilder {
  readonly name: string;
  readonly #parameters: readonly ValueType[];
  readonly #result: ValueType | null;
  readonly #locals: ValueType[] = [];
  readonly #constants = new Map<string, { readonly local: Local<'v128'>; readonly value: Expr<'v128'> }>();
  #body: Code = [];

  constructor(name: string, parameters: readonly ValueType[], result: ValueType | null) {
    this.name = name;
    this.#parameters = parameters;
    this.#result = result;
  }

  parameter<T extends ValueType>(position: number, type: T): Local<T> {
    return variable(type, position);
  }

  /** A new variable, zero at first. */
  local<T extends ValueType>(type: T): Local<T> {
    this.#locals.push(type);
    return variable(type, this.#parameters.length + this.#locals.length - 1);
  }

  locals<T extends ValueType>(type: T, count: number): Local<T>[] {
    return Array.from({ length: count }, () => this.local(type));
  }

  /**
   * A vector constant, put into a variable before everything else. V8 builds a constant anew wherever it stands, from two
   * 64-bit words: in a loop that is several instructions each time.
   */
  constant(value: Expr<'v128'>): Local<'v128'> {
    const key = String(value.code);
    const known = this.#constants.get(key);
    if (known !== undefined) return known.local;
    const local = this.local('v128');
    this.#constants.set(key, { local, value });
    return local;
  }

  body(...statements: readonly Statement[]): void {
    this.#body = statements;
  }

  /** The body, and then the value that the function returns. */
  bodyReturning(statements: readonly Statement[], value: Expr<ValueType>): void {
    this.#body = [statements, value.code];
  }

  signature(): Code {
    return [
      0x60,
      unsigned(this.#parameters.length),
      this.#parameters.map((type) => TYPE_BYTE[type]),
      this.#result === null ? [0] : [1, TYPE_BYTE[this.#result]],
    ];
  }

  code(): Code {
    const locals = [unsigned(this.#locals.length), this.#locals.map((type) => [1, TYPE_BYTE[type]])];
    const constants = [...this.#constants.values()].map(({ local, value }) => local.set(value));
    const body = [locals, constants, this.#body, 0x0b];
    return [unsigned(codeLength(body)), body];
  }
}

function variable<T extends ValueType>(type: T, position: number): Local<T> {
  const at = unsigned(position);
  return {
    type,
    code: [0x20, at],
    set: (value) => [value.code, 0x21, at],
    tee: (value) => expr(type, [value.code, 0x22, at]),
  };
}

/** Names of a kernel's parameters, in order, with their types. */
export type ParameterTypes = Readonly<Record<string, ValueType>>;
export type ParameterLocals<P extends ParameterTypes> = { readonly [Name in keyof P]: Local<P[Name]> };

/** A WebAssembly module under construction. It imports one memory, `env.memory`, and exports every function. */
export class ModuleBuilder {
  readonly #functions: FunctionBuilder[] = [];

  /** A new function; its parameters are locals by name. */
  define<const P extends ParameterTypes>(
    name: string,
    parameters: P,
    result: ValueType | null = null,
  ): { readonly f: FunctionBuilder; readonly p: ParameterLocals<P> } {
    const f = new FunctionBuilder(name, Object.values(parameters), result);
    this.#functions.push(f);
    const p = Object.fromEntries(Object.entries(parameters).map(([key, type], i) => [key, f.parameter(i, type)]));
    return { f, p: p as unknown as ParameterLocals<P> };
  }

  /** The binary module (WebAssembly core specification, section 5.5). */
  bytes(): Uint8Array<ArrayBuffer> {
    const functions = this.#functions;
    const numbers = functions.map((_, i) => unsigned(i));
    const code: Code = [
      [0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
      section(
        1,
        functions.map((f) => f.signature()),
      ),
      section(2, [[text('env'), text('memory'), 0x02, 0x00, 1]]),
      section(3, numbers),
      section(
        7,
        functions.map((f, i) => [text(f.name), 0x00, numbers[i]!]),
      ),
      section(
        10,
        functions.map((f) => f.code()),
      ),
    ];
    const bytes = new Uint8Array(codeLength(code));
    writeCode(code, bytes, 0);
    return bytes;
  }
}

function section(id: number, entries: readonly Code[]): Code {
  const content = [unsigned(entries.length), entries];
  return [id, unsigned(codeLength(content)), content];
}

function text(value: string): Code {
  const bytes = [...new TextEncoder().encode(value)];
  return [unsigned(bytes.length), bytes];
}

/** Runs the statements once, and again as long as the condition is not 0. */
export function loopWhile(statements: Statement, condition: Expr<'i32'>): Statement {
  return [0x03, 0x40, statements, condition.code, 0x0d, 0, 0x0b];
}

/** Runs the statements `times` times, at least once; `counter` counts down. */
export function repeat(counter: Local<'i32'>, times: Index, statements: Statement): Statement {
  const start = typeof times === 'number' ? i32.of(times) : times;
  return [counter.set(start), loopWhile(statements, counter.tee(i32.sub(counter, 1)))];
}

/** The same, but not even once for 0. */
export function repeatIfAny(counter: Local<'i32'>, times: Expr<'i32'>, statements: Statement): Statement {
  return when(times, repeat(counter, times, statements));
}

export function when(condition: Expr<'i32'>, yes: Statement, no: Statement = []): Statement {
  return [condition.code, 0x04, 0x40, yes, codeLength(no) > 0 ? [0x05, no] : [], 0x0b];
}

/** One of two values; only that one is computed. */
export function choose(condition: Expr<'i32'>, yes: Expr<'i32'>, no: Expr<'i32'>): Expr<'i32'> {
  return expr('i32', [condition.code, 0x04, TYPE_BYTE.i32, yes.code, 0x05, no.code, 0x0b]);
}

/** Moves a pointer on. */
export function advance(pointer: Local<'i32'>, by: Index): Statement {
  return pointer.set(i32.add(pointer, by));
}
