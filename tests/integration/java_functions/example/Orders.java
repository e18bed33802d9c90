package example;

import com.amazonaws.services.lambda.runtime.Context;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** A handler of objects, whose types are found through a generic parent. */
public class Orders extends Generic<Orders.Order> {
    @Override
    public Map<String, Object> handleRequest(Order order, Context context) {
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("order", order);
        answer.put("first", order.getItems().get(0).count);
        return answer;
    }

    public static class Named {
        private String name;

        public String getName() {
            return name;
        }

        public void setName(String name) {
            this.name = name;
        }
    }

    public static class Order extends Named {
        private List<Item> items;
        private Map<String, Set<Long>> groups;
        private boolean paid;
        private Double price;
        private String URL;
        private Instant at;
        private Optional<String> note = Optional.empty();
        private String secret = "never set";

        public List<Item> getItems() {
            return items;
        }

        public void setItems(List<Item> items) {
            this.items = items;
        }

        public Map<String, Set<Long>> getGroups() {
            return groups;
        }

        public void setGroups(Map<String, Set<Long>> groups) {
            this.groups = groups;
        }

        public boolean isPaid() {
            return paid;
        }

        public void setPaid(boolean paid) {
            this.paid = paid;
        }

        public Double getPrice() {
            return price;
        }

        public void setPrice(Double price) {
            this.price = price;
        }

        public String getURL() {
            return URL;
        }

        public void setURL(String url) {
            URL = url;
        }

        public Instant getAt() {
            return at;
        }

        public void setAt(Instant at) {
            this.at = at;
        }

        public Optional<String> getNote() {
            return note;
        }

        public void setNote(Optional<String> note) {
            this.note = note;
        }

        public String getSecret() {
            return secret;
        }
    }

    public static class Item {
        public int count;
        public String label;
        private int hidden = 7;
    }
}
