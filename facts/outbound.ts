/**
 * What a compute node of Azure ML must reach, as outbound rules of a network security group, and nothing else of the
 * Internet. https://learn.microsoft.com/azure/machine-learning/how-to-access-azureml-behind-firewall
 */
export interface OutboundRule {
  readonly name: string;
  readonly priority: number;
  readonly direction: "Outbound";
  readonly access: "Allow" | "Deny";
  readonly protocol: "Tcp" | "Udp" | "*";
  readonly sourceAddressPrefix: "VirtualNetwork" | "*";
  readonly sourcePortRange: "*";
  /** A service tag. */
  readonly destinationAddressPrefix: string;
  readonly destinationPortRanges: string[];
}

/** The rules for nodes in the region `location`. */
export function outboundRules(location: string): OutboundRule[] {
  const allow = (priority: number, tag: string, ports: string[], protocol: "Tcp" | "Udp" = "Tcp"): OutboundRule => ({
    name: `allow-${tag.replace(/\..*/, "").toLowerCase()}-${protocol.toLowerCase()}`,
    priority,
    direction: "Outbound",
    access: "Allow",
    protocol,
    sourceAddressPrefix: "VirtualNetwork",
    sourcePortRange: "*",
    destinationAddressPrefix: tag,
    destinationPortRanges: ports,
  });
  return [
    allow(100, "AzureActiveDirectory", ["443"]),
    allow(110, "AzureMachineLearning", ["443", "8787", "18881"]),
    allow(120, "AzureMachineLearning", ["5831"], "Udp"),
    allow(130, `BatchNodeManagement.${location}`, ["443"]),
    // Any account of the region can be written to through this tag: the accepted risk of `egress: serviceTags`.
    allow(140, `Storage.${location}`, ["443"]),
    allow(150, "AzureFrontDoor.FrontEnd", ["443"]),
    allow(160, "MicrosoftContainerRegistry", ["443"]),
    allow(170, "AzureMonitor", ["443"]),
    {
      // After the allows: Azure's own last rule would let everything else out.
      name: "deny-internet",
      priority: 4000,
      direction: "Outbound",
      access: "Deny",
      protocol: "*",
      sourceAddressPrefix: "*",
      sourcePortRange: "*",
      destinationAddressPrefix: "Internet",
      destinationPortRanges: ["0-65535"],
    },
  ];
}
