/** Topic `report`: the run as one HTML file that needs nothing else. */
export interface ReportView {
  /** What the file is called where it is kept. */
  readonly fileName: string;
  /** Where the server has it; absent as long as the run goes on. */
  readonly path?: string;
  readonly octets?: number;
}
